import { testCoverage } from '../helpers/lawCoverage.ts';

testCoverage(1, 2);
