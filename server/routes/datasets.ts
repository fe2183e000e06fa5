import { createReadStream } from 'node:fs';
import multipart from '@fastify/multipart';
import { Type } from '@fastify/type-provider-typebox';
import { IsoflopError } from '../../src/core/errors.ts';
import { datasetDetail, datasetList, datasetParams, type DatasetDetail } from '../schemas/dataset.ts';
import { errorResponses } from '../schemas/error.ts';
import type { DatasetStore, StoredDataset } from '../stores/datasetStore.ts';
import { bodyUnchecked } from './bodyUnchecked.ts';
import { refuseRest } from './refuseRest.ts';
import type { AddRoutes } from './routes.ts';
import { attachment } from './sendBytes.ts';

const summaryOf = ({ id, name, bytes, origin, created }: StoredDataset) => ({ id, name, bytes, origin, created });

async function detailOf(datasets: DatasetStore, dataset: StoredDataset): Promise<DatasetDetail> {
  const { rows, columns, quantities, ambiguous, derived, problem } = await datasets.describe(dataset);
  return {
    ...summaryOf(dataset),
    rows,
    columns: columns.map((column) => ({ ...column, examples: [...column.examples] })),
    quantities: { ...quantities },
    ambiguous: Object.fromEntries(Object.entries(ambiguous).map(([quantity, names]) => [quantity, [...names]])),
    derived: [...derived],
    problem,
  };
}

/** Errors of the parser of forms carry no status: that the form is broken is the client's mistake. */
function brokenForm(error: unknown): never {
  if ((error as { statusCode?: number }).statusCode !== undefined) throw error;
  throw new IsoflopError('UPLOAD_INVALID', { reason: `its form is broken (${(error as Error).message})` });
}

/** The pieces of a file, or an error of the table when the form ends before the file does. */
async function* whole(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* file;
  } catch (error) {
    brokenForm(error);
  }
}

/** `/api/datasets`: the CSV files that fits are made of. */
export const datasetRoutes: AddRoutes = (app, { datasets, limits }) => {
  const tags = ['datasets'];

  app.get(
    '/api/datasets',
    { schema: { tags, summary: 'Every data set, newest first', response: { 200: datasetList, ...errorResponses } } },
    async () => ({ datasets: (await datasets.list()).map(summaryOf) }),
  );

  app.get(
    '/api/datasets/:id',
    {
      schema: {
        tags,
        summary: 'One data set: its columns, and the quantities recognised in them',
        params: datasetParams,
        response: { 200: datasetDetail, ...errorResponses },
      },
    },
    async ({ params: { id } }) => detailOf(datasets, await datasets.get(id)),
  );

  app.get(
    '/api/datasets/:id/download',
    { schema: { tags, summary: 'The CSV file', params: datasetParams, produces: ['text/csv'] } },
    async ({ params: { id } }, reply) => {
      const { path, name } = await datasets.get(id);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', attachment(name))
        .send(createReadStream(path));
    },
  );

  app.delete(
    '/api/datasets/:id',
    {
      schema: {
        tags,
        summary: 'Delete an uploaded data set; fits made of it stay',
        params: datasetParams,
        response: { 204: Type.Null(), ...errorResponses },
      },
    },
    async ({ params: { id } }, reply) => {
      await datasets.remove(id);
      return reply.code(204).send(null);
    },
  );

  void app.register(async (uploads) => {
    // One byte more than is taken, so that the store tells that a file is too large.
    await uploads.register(multipart, { limits: { files: 1, fields: 10, fileSize: limits.uploadBytes + 1 } });
    uploads.post(
      '/api/datasets',
      {
        validatorCompiler: bodyUnchecked,
        schema: {
          tags,
          summary: 'Upload a CSV file',
          description:
            'multipart/form-data with one part `file`. The same bytes are kept once; then the answer is 200.',
          consumes: ['multipart/form-data'],
          body: Type.Unsafe<unknown>({
            type: 'object',
            required: ['file'],
            properties: { file: { type: 'string', format: 'binary' } },
          }),
          response: { 200: datasetDetail, 201: datasetDetail, ...errorResponses },
        },
      },
      async (request, reply) => {
        if (!request.isMultipart())
          throw new IsoflopError('UPLOAD_INVALID', { reason: 'it is not multipart/form-data' });
        const part = await request.file().catch(brokenForm);
        if (part === undefined) throw new IsoflopError('UPLOAD_INVALID', { reason: 'it has no file' });
        try {
          if (part.fieldname !== 'file' || part.filename === '')
            throw new IsoflopError('UPLOAD_INVALID', { reason: `its part is called "${part.fieldname.slice(0, 60)}"` });
          const { dataset, isNew } = await datasets.add({ name: part.filename, pieces: whole(part.file) });
          void reply.code(isNew ? 201 : 200).header('location', `/api/datasets/${dataset.id}`);
          return await detailOf(datasets, dataset);
        } finally {
          refuseRest(request, reply, () => part.file.resume());
        }
      },
    );
  });
};
