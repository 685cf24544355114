"""Recurrences over all steps, forward and backward, compiled by Numba.

Each cell has a module with two functions, ``forward`` and ``backward``, on arrays of NumPy:

``forward(x, w_ih, w_hh, b_ih, b_hh, states, inner, gates)``
    reads `x` of shape (n_steps, n_samples, input_size) and fills `states` of shape (n_steps + 1,
    n_samples, hidden_size), whose first step is the state before. `inner`, of the same shape, is
    filled with what else a cell needs of each step (its first step is given, too), and `gates`,
    of shape (n_steps, n_samples, n_gates * hidden_size), with its gates. Without a backward pass,
    one step of `gates` is enough, which is then overwritten.

``backward(gradient, x, w_ih, w_hh, states, inner, gates, d_x, d_w_ih, d_w_hh, d_b_ih, d_b_hh)``
    takes the gradient with respect to ``states[1:]`` and fills those with respect to the rest;
    an empty `d_x` is left alone.

Weights and biases are those of torch, gates in its order. Arrays are contiguous, all of the same
dtype, float32 or float64.

References
----------
.. [1] Lam, S. K., Pitrou, A. and Seibert, S. (2015). Numba: a LLVM-based Python JIT compiler.
   LLVM-HPC.
"""
