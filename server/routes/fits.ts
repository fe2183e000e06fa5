import { createReadStream } from 'node:fs';
import { Type } from '@fastify/type-provider-typebox';
import { IsoflopError } from '../../src/core/errors.ts';
import { formatDuration } from '../../src/core/sizes.ts';
import { fitCommandLine } from '../../src/node/commandLine.ts';
import { fitToJson } from '../../src/report/json.ts';
import { formatReport } from '../../src/report/text.ts';
import { errorResponses } from '../schemas/error.ts';
import {
  createFit,
  fitDetail,
  fitList,
  fitListQuery,
  preview,
  previewRequest,
  renameFit,
  type FitDetail,
  type FitSummary,
} from '../schemas/fit.ts';
import { accepted } from '../schemas/job.ts';
import { fitParams } from '../schemas/quantities.ts';
import { requestOf } from '../stores/fitRequestOf.ts';
import type { StoredFit } from '../stores/fitStore.ts';
import { answerOf } from './answerOf.ts';
import type { AddRoutes } from './routes.ts';
import { attachment, sendBytes } from './sendBytes.ts';

function detailOf({ id, created, fit }: StoredFit): FitDetail {
  const request = requestOf(fit);
  const dataset = request?.datasets.join(',') ?? null;
  return { id, created, dataset, fit: fitToJson(fit), report: formatReport(fit), command: fit.command, request };
}

/** A name for a fit of that law to these files, such as `runs-chinchilla`. */
function nameOf(files: readonly { readonly name: string }[], law: string): string {
  const plain = (text: string): string => text.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  const source = files.length === 1 ? plain(files[0].name.replace(/\.[a-z]+$/i, '')) : `${String(files.length)}-files`;
  const short = law.includes('~') ? 'formula' : plain(law);
  return `${source === '' ? 'runs' : source.slice(0, 80)}-${short}`;
}

/** `/api/fits`: what has been fitted, and fitting. */
export const fitRoutes: AddRoutes = (app, { fits, datasets, jobs, quick, long, limits }) => {
  const tags = ['fits'];

  app.get(
    '/api/fits',
    {
      schema: {
        tags,
        summary: 'Saved fits, newest first',
        querystring: fitListQuery,
        response: { 200: fitList, ...errorResponses },
      },
    },
    async ({ query: { law, status, dataset, q = '', offset = 0, limit = 100 } }) => {
      const listed = await fits.list();
      const words = q.toLowerCase().split(/\s+/);
      const matches = (fit: FitSummary): boolean =>
        (law === undefined || fit.law === law) &&
        (status === undefined || fit.status === status) &&
        (dataset === undefined || fit.dataset?.split(',').includes(dataset) === true) &&
        words.every((word) => `${fit.id} ${fit.law} ${fit.source}`.toLowerCase().includes(word));
      const found = listed.filter((one): one is FitSummary => !('error' in one)).filter(matches);
      return {
        fits: found.slice(offset, offset + limit),
        broken: listed.flatMap((one) => {
          if (!('error' in one)) return [];
          const { code, message, remedy } = one.error;
          return [{ id: one.id, error: { code, message, remedy } }];
        }),
        total: found.length,
      };
    },
  );

  app.post(
    '/api/fits',
    {
      schema: {
        tags,
        summary: 'Fit a law to data sets and save it',
        description: 'Answers 201 with the fit, or 202 with a job where it takes longer than `wait` seconds.',
        body: createFit,
        response: { 201: fitDetail, 202: accepted, ...errorResponses },
      },
    },
    async ({ body: { id, wait = 1, datasets: ids, ...options } }, reply) => {
      const files = await datasets.files(ids);
      if (id !== undefined) await fits.checkFree(id);
      const { law = 'chinchilla' } = options;
      const command = fitCommandLine(
        files.map(({ path }) => path),
        options,
      );
      const work = {
        kind: 'fit' as const,
        title: `${law} to ${files.map(({ name }) => name).join(', ')}`,
        run: async (signal: AbortSignal, onProgress: Parameters<Parameters<typeof jobs.add>[0]['run']>[1]) => {
          const text = await long.run('fit', { files, request: options, command }, { signal, onProgress });
          return { fit: await fits.create(text, id === undefined ? { name: nameOf(files, law) } : { id }) };
        },
      };
      const { job, outcome } = await answerOf(jobs, work, wait);
      if (outcome?.fit === undefined) return reply.code(202).header('location', `/api/jobs/${job.id}`).send({ job });
      return reply
        .code(201)
        .header('location', `/api/fits/${outcome.fit}`)
        .send(detailOf(await fits.get(outcome.fit)));
    },
  );

  app.post(
    '/api/preview',
    {
      schema: {
        tags,
        summary: 'Fit without saving, to look at while options change',
        description: 'No resamples and no backtests; with figures, and a prediction where one is asked for.',
        body: previewRequest,
        response: { 200: preview, ...errorResponses },
      },
    },
    async ({ body: { datasets: ids, figures, run, predict, ...request } }, reply) => {
      const files = await datasets.files(ids);
      const extras = {
        ...(figures === undefined ? {} : { figures }),
        ...(run === undefined ? {} : { run }),
        ...(predict === undefined ? {} : { predict }),
      };
      const signal = AbortSignal.timeout(limits.previewMs);
      const bytes = await quick.run('preview', { files, request, extras }, { signal }).catch((error: unknown) => {
        if (signal.aborted) throw new IsoflopError('PREVIEW_SLOW', { limit: formatDuration(limits.previewMs) });
        throw error;
      });
      return sendBytes(reply, bytes);
    },
  );

  app.get(
    '/api/fits/:id',
    {
      schema: {
        tags,
        summary: 'One fit, with its report',
        params: fitParams,
        response: { 200: fitDetail, ...errorResponses },
      },
    },
    async ({ params: { id } }) => detailOf(await fits.get(id)),
  );

  app.patch(
    '/api/fits/:id',
    {
      schema: {
        tags,
        summary: 'Rename a fit',
        params: fitParams,
        body: renameFit,
        response: { 200: fitDetail, ...errorResponses },
      },
    },
    async ({ params: { id }, body: { id: to } }) => {
      if (to !== id) await fits.rename(id, to);
      return detailOf(await fits.get(to));
    },
  );

  app.delete(
    '/api/fits/:id',
    {
      schema: {
        tags,
        summary: 'Delete a fit',
        params: fitParams,
        response: { 204: Type.Null(), ...errorResponses },
      },
    },
    async ({ params: { id } }, reply) => {
      await fits.remove(id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/fits/:id/download',
    { schema: { tags, summary: 'The file of a saved fit', params: fitParams } },
    async ({ params: { id } }, reply) => {
      const { path } = await fits.file(id);
      return reply
        .type('application/json; charset=utf-8')
        .header('content-disposition', attachment(`${id}.json`))
        .send(createReadStream(path));
    },
  );
};
