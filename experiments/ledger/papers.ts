/** The works whose figures and tables are made again, in the order of the ledger. */
export const papers = {
  'Erichson et al. 2021': 'Lipschitz recurrent neural networks, ICLR 2021',
  'Chang et al. 2019': 'AntisymmetricRNN: a dynamical system view on recurrent neural networks, ICLR 2019',
  'Emami et al. 2019': 'Input-output equivalence of unitary and contractive RNNs, NeurIPS 2019',
  'Vogt et al. 2022':
    'On Lyapunov exponents for RNNs: understanding information propagation using dynamical systems tools, Frontiers in Applied Mathematics and Statistics 2022',
  'Miller and Hardt 2019': 'Stable recurrent models, ICLR 2019',
  'Engelken 2023': 'Gradient flossing, NeurIPS 2023',
} as const;

export type Paper = keyof typeof papers;
