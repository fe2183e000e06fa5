import type { CorpusConfig } from '../runConfig.ts';
import type { Corpus } from './corpus.ts';
import { fileCorpus } from './files.ts';
import { markovCorpus } from './markov.ts';

/**
 * Opens a corpus.
 *
 * @throws {@link IsoflopError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`; from its batches `CORPUS_SHORT`, `CORPUS_SYMBOL`
 */
export async function openCorpus(config: CorpusConfig): Promise<Corpus> {
  switch (config.kind) {
    case 'text':
      return fileCorpus({ ...config, width: 1, vocabulary: 256 });
    case 'bin':
      return fileCorpus({ ...config, width: 2 });
    case 'markov':
      return markovCorpus(config);
  }
}
