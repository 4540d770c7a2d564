export { LSTM, type LSTMArgs, lstm } from './layer.js';
