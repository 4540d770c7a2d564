/** The cells of this package, one folder each. */
export * from './antisymmetric-rnn/index.js';
export * from './cayley-rnn/index.js';
export * from './exponential-rnn/index.js';
export * from './gru/index.js';
export * from './gru-reset-after/index.js';
export * from './lipschitz-rnn/index.js';
export * from './lstm/index.js';
export * from './residual-rnn/index.js';
export * from './vanilla-rnn/index.js';
