#!/usr/bin/env node
import { makeProgram } from './cli.js';
import { Interrupted, isExplained } from './errors.js';

try {
  await makeProgram().parseAsync();
} catch (error) {
  if (!isExplained(error)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = error instanceof Interrupted ? 130 : 1;
}
