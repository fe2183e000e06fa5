import { testCoverage } from '../helpers/lawCoverage.ts';

// In two files, since each file has a processor of its own.
testCoverage(0, 2);
