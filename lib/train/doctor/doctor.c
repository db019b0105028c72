/* SPDX-License-Identifier: MIT
 *
 * The doctor's calls. What it looks at are copies and numbers that are there: the training goes on to the same bits. */
#include "train/doctor/doctor.h"

#include "base/memory.h"

double bp_look_layer(const bp_net *net, size_t layer, int32_t key)
{
    double value = 0;
    (void)bp_net_layer_get(net, layer, key, &value);
    return value;
}

double bp_look_option(const bp_net *net, int32_t key)
{
    double value = 0;
    (void)bp_net_get(net, key, &value);
    return value;
}

/* The net as it will be trained: with the scaling that the first step would begin with. Where that cannot be fitted, there
 * are numbers among the rows that are not finite. */
static bp_status make_net(struct bp_doctor *doctor, bool *finite)
{
    const bp_train *t = doctor->train;
    *finite = true;
    BP_TRY(bp_net_clone(&doctor->net, t->net));
    if (!bp_train_would_scale(t))
        return BP_OK;
    const bp_status status =
        bp_net_fit_scaling(doctor->net, t->data, (int32_t)t->set.scale_inputs, (int32_t)t->set.scale_targets);
    *finite = status != BP_ERR_NONFINITE;
    return bp_doctor_data_status(doctor, *finite ? status : BP_OK);
}

/* Evenly spaced rows; and where a batch has failed, its first ones too, as it may be a single row that is bad. */
static bool choose_rows(struct bp_doctor *doctor, size_t most)
{
    const bp_train *t = doctor->train;
    const size_t all = bp_data_rows(t->data), even = all < most ? all : most;
    const size_t first = t->failure.row;
    size_t failed = t->failure.epoch > bp_train_epochs_done(t) && even < all ? all - first : 0;
    failed = failed < t->batch.rows ? failed : t->batch.rows;
    failed = failed < most ? failed : most;
    doctor->rows = even + failed;
    doctor->row = bp_memory_allocate(doctor->allocator, doctor->rows, sizeof(*doctor->row));
    for (size_t i = 0; doctor->row && i < even; i++)
        doctor->row[i] = all / even * i + all % even * i / even;
    for (size_t i = 0; doctor->row && i < failed; i++)
        doctor->row[even + i] = t->order[first + i];
    return doctor->row;
}

static bp_status examine(struct bp_doctor *doctor)
{
    bool finite;
    BP_TRY(make_net(doctor, &finite));
    if (!choose_rows(doctor, finite ? bp_thresholds.rows : bp_data_rows(doctor->train->data)))
        return BP_ERR_MEMORY;
    BP_TRY(bp_look_at_course(doctor));
    BP_TRY(bp_look_at_inputs(doctor));
    BP_TRY(bp_look_at_target(doctor));
    BP_TRY(bp_look_at_labels(doctor));
    return bp_look_at_units(doctor);
}

bp_status bp_train_diagnose(bp_train *train, size_t *findings)
{
    if (!train)
        return BP_ERR_ARG;
    if (!findings)
        return bp_train_fail(train, __func__, BP_ERR_ARG, "findings is NULL");
    struct bp_doctor doctor = {.train = train, .allocator = &train->allocator};
    const bp_status status = examine(&doctor);
    const char *said = status == BP_ERR_MEMORY || !doctor.net ? "no memory"
                       : doctor.told_by_data                  ? bp_data_error(train->data)
                                                              : bp_net_error(doctor.net);
    if (status == BP_OK) {
        const struct bp_buffer old = train->findings;
        train->findings = doctor.findings;
        doctor.findings = old;
        *findings = bp_finding_count(&train->findings);
    } else
        bp_train_fail(train, __func__, status, "%s", said);
    bp_net_destroy(doctor.net);
    bp_buffer_release(&train->allocator, &doctor.findings);
    bp_memory_release(&train->allocator, doctor.row);
    return status;
}

bp_status bp_train_finding(const bp_train *train, size_t index, int32_t *kind, size_t *place, double *measure)
{
    if (!train)
        return BP_ERR_ARG;
    if (!kind || !place || !measure)
        return bp_train_fail_shared(train, __func__, BP_ERR_ARG, "%s is NULL",
                                    !kind    ? "kind"
                                    : !place ? "place"
                                             : "measure");
    const struct bp_finding *finding = bp_finding_of(&train->findings, index);
    if (!finding)
        return bp_train_fail_shared(train, __func__, BP_ERR_ARG, "there is no finding %zu: bp_train_diagnose found %zu",
                                    index, bp_finding_count(&train->findings));
    *kind = finding->kind;
    *place = finding->place;
    *measure = finding->measure;
    return BP_OK;
}

const char *bp_train_finding_text(const bp_train *train, size_t index)
{
    const struct bp_finding *finding = train ? bp_finding_of(&train->findings, index) : NULL;
    return finding ? finding->text : NULL;
}
