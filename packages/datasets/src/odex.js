// A JavaScript module between us and odex, so that the compiler reads our declarations (odex.d.ts) and not odex's
// TypeScript source, which it ships instead of declarations and which does not pass a strict compiler.
export { Outcome, Solver } from 'odex';
