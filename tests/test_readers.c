/* SPDX-License-Identifier: MIT
 *
 * The readers of files. The sentences are compared in full, so messages of the C library are in the C locale. Only the
 * decimal comma is taken from the environment. */
#include <locale.h>

#include "readers_fixture.h"

int main(void)
{
    int failed = 0;
    setlocale(LC_NUMERIC, "");
    failed += _cmocka_run_group_tests("numbers", number_tests, number_test_count, NULL, NULL);
    failed += _cmocka_run_group_tests("csv", csv_tests, csv_test_count, NULL, NULL);
    failed += _cmocka_run_group_tests("csv, errors", csv_error_tests, csv_error_test_count, NULL, NULL);
    failed += _cmocka_run_group_tests("csv, texts", csv_text_tests, csv_text_test_count, NULL, NULL);
    failed += _cmocka_run_group_tests("idx", idx_tests, idx_test_count, NULL, NULL);
    failed += _cmocka_run_group_tests("libsvm", libsvm_tests, libsvm_test_count, NULL, NULL);
    failed += _cmocka_run_group_tests("limits", limit_tests, limit_test_count, NULL, NULL);
    return failed;
}
