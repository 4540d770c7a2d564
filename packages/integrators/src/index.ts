export type { Tableau } from './tableau.js';
