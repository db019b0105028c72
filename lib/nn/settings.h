/* SPDX-License-Identifier: MIT
 *
 * The values behind BP_OPT_* and BP_LAYER_*. All are doubles, as they cross the interface, so that one table of offsets
 * serves to set, get and bound them (net/net_options.c); enumerations and switches hold whole numbers. */
#ifndef BP_NN_SETTINGS_H
#define BP_NN_SETTINGS_H

struct bp_settings {
    double loss, optimizer;
    double learning_rate, momentum, nesterov, beta1, beta2, rho, epsilon;
    double weight_decay, l1, l2, decay_bias;
    double clip_value, clip_norm;
    double huber_delta, quantile, label_smoothing;
    double threads, blas, spin;
    double eta_plus, eta_minus, step_min, step_max, growth;
    double raw, scale_inputs, scale_targets, save_state;
};

struct bp_layer_settings {
    double kind, activation, bias;
    double train_weights, train_bias;
    double init, init_scale, bias_init, bias_init_scale;
    double slope;                 /* dense: the activation's parameter */
    double rate;                  /* dropout */
    double units, inputs, random; /* read only, filled in where they are asked for */
};

#endif
