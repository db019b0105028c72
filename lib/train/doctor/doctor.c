/* SPDX-License-Identifier: MIT
 *
 * The doctor's calls. What it looks at are copies and existing numbers: the training continues to the same bits. */
#include "train/doctor/doctor.h"

#include "base/last_error.h"
#include "base/memory.h"

/* The net as it will be trained: with the scaling that the first step would begin with. Where that cannot be fitted,
 * there are numbers among the rows that are not finite. */
static bp_status make_net(struct bp_doctor *doctor, bool *finite)
{
    const bp_train *t = doctor->train;
    *finite = true;
    BP_TRY(bp_net_clone(&doctor->net, t->net));
    if (!bp_train_would_scale(t))
        return BP_OK;
    const bp_status status = bp_data_fit_scaling(t->data, BP_CALL, doctor->net);
    *finite = status != BP_ERR_NONFINITE;
    return *finite ? status : BP_OK;
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
    BP_TRY(bp_examine_course(doctor));
    BP_TRY(bp_examine_inputs(doctor));
    BP_TRY(bp_examine_target(doctor));
    BP_TRY(bp_examine_labels(doctor));
    return bp_examine_units(doctor);
}

bp_status bp_train_diagnose(bp_train *train, size_t *findings)
{
    BP_TRY(bp_need(BP_CALL, train, "train"));
    BP_TRY(bp_need(BP_CALL, findings, "findings"));
    struct bp_doctor doctor = {.call = BP_CALL, .train = train, .allocator = &train->allocator};
    struct bp_error_kept kept; /* what it looks at may be refused, as the activation of a layer without one */
    bp_error_keep(&kept);
    const bp_status status = examine(&doctor);
    if (status == BP_OK) {
        const struct bp_buffer old = train->findings;
        train->findings = doctor.findings;
        doctor.findings = old;
        *findings = bp_finding_count(&train->findings);
        bp_error_put_back(&kept);
    } else
        (void)bp_fail(BP_CALL, status, "%s", status == BP_ERR_MEMORY ? "out of memory" : bp_error_reason());
    bp_net_destroy(doctor.net);
    bp_buffer_release(&train->allocator, &doctor.findings);
    bp_memory_release(&train->allocator, doctor.row);
    return status;
}

bp_status bp_train_finding(const bp_train *train, size_t index, int32_t *kind, size_t *place, double *measure)
{
    BP_TRY(bp_need(BP_CALL, train, "train"));
    if (!kind || !place || !measure)
        return bp_fail(BP_CALL, BP_ERR_ARG, "%s is NULL", !kind ? "kind" : !place ? "place" : "measure");
    const struct bp_finding *finding = bp_finding_of(&train->findings, index);
    if (!finding)
        return bp_fail(BP_CALL, BP_ERR_ARG, "there is no finding %zu: bp_train_diagnose found %zu", index,
                       bp_finding_count(&train->findings));
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
