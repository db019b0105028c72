/* SPDX-License-Identifier: MIT
 *
 * A host in C++, with its own threads, memory and exceptions. tests/check-cxx builds it with each compiler, standard
 * library and standard. No exception passes through the library: a callback catches what it throws, and the host throws
 * it again after the call. */
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <bp/bp.h>

namespace
{

const std::size_t inputs = 128, hidden = 512, outputs = 10, rows = 256;

class failure : public std::runtime_error
{
  public:
    failure(bp_status code, const char *sentence) : std::runtime_error(sentence), status(code) {}
    bp_status status;
};

void need(bp_status status)
{
    if (status < 0) {
        const std::string sentence = bp_last_error();
        throw failure(status, sentence.c_str());
    }
}

void hold(bool right, const char *rule)
{
    if (!right)
        throw std::logic_error(rule);
}

struct destroy {
    void operator()(bp_net *net) const { bp_net_destroy(net); }
    void operator()(bp_data *data) const { bp_data_destroy(data); }
    void operator()(bp_train *train) const { bp_train_destroy(train); }
};
typedef std::unique_ptr<bp_net, destroy> net_of;
typedef std::unique_ptr<bp_data, destroy> data_of;
typedef std::unique_ptr<bp_train, destroy> train_of;

/* ---- memory by operator new, which throws */

struct memory {
    std::atomic<std::size_t> used, most;
};

extern "C" void *allocate(void *user, std::size_t size)
{
    memory *m = static_cast<memory *>(user);
    try {
        if (m->used + size > m->most)
            throw std::bad_alloc();
        void *got = ::operator new(size);
        m->used += size;
        return got;
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

extern "C" void release(void *user, void *got, std::size_t size)
{
    static_cast<memory *>(user)->used -= size;
    ::operator delete(got);
}

net_of make_net(memory *m)
{
    const bp_allocator allocator = {sizeof(bp_allocator), m, allocate, release};
    bp_net *made = nullptr;
    need(bp_net_create_with(&made, BP_F32, inputs, &allocator));
    net_of net(made);
    need(bp_net_add_dense(made, hidden, BP_ACT_TANH));
    need(bp_net_add_dense(made, outputs, BP_ACT_SOFTMAX));
    need(bp_net_set(made, BP_OPT_LOSS, BP_LOSS_CROSS_ENTROPY));
    need(bp_net_init(made, 1));
    return net;
}

/* ---- rows */

struct table {
    std::vector<float> x;
    std::vector<std::int32_t> labels;
};

table make_rows()
{
    table t = {std::vector<float>(rows * inputs), std::vector<std::int32_t>(rows)};
    for (std::size_t i = 0; i < t.x.size(); i++)
        t.x[i] = static_cast<float>((i * 2654435761u >> 7) % 1024) / 512 - 1;
    for (std::size_t row = 0; row < rows; row++)
        t.labels[row] = static_cast<std::int32_t>(row * row % outputs);
    return t;
}

std::vector<float> predict(const bp_net *net, const table &t)
{
    std::vector<float> y(rows * outputs);
    need(bp_net_predict_f32(net, t.x.data(), rows, y.data(), nullptr));
    return y;
}

bool same_bits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/* ---- the rules */

void join(std::vector<std::thread> &threads)
{
    for (std::thread &thread : threads)
        thread.join();
}

/* A part that no thread can be had for is done here. */
extern "C" void by_threads_of_the_host(void *user, std::size_t count, bp_task *task, void *context)
{
    std::atomic<int> *made = static_cast<std::atomic<int> *>(user);
    std::vector<std::thread> threads;
    std::size_t index = 0;
    try {
        for (; index + 1 < count; index++) {
            threads.push_back(std::thread(task, context, index));
            ++*made;
        }
    } catch (const std::exception &) {
    }
    for (; index < count; index++)
        task(context, index);
    join(threads);
}

void threads_of_the_host_compute_the_same_bits()
{
    const table t = make_rows();
    memory m = {{0}, {SIZE_MAX}};
    std::atomic<int> made(0);
    {
        const net_of one = make_net(&m), several = make_net(&m);
        need(bp_net_set(several.get(), BP_OPT_THREADS, 3));
        need(bp_net_set_parallel_for(several.get(), by_threads_of_the_host, &made));
        for (int step = 0; step < 5; step++) {
            need(bp_net_train_labels_f32(one.get(), t.x.data(), t.labels.data(), rows, nullptr));
            need(bp_net_train_labels_f32(several.get(), t.x.data(), t.labels.data(), rows, nullptr));
        }
        hold(made > 0, "the work is given to the threads of the host");
        hold(same_bits(predict(one.get(), t), predict(several.get(), t)),
             "the threads of the host compute the same bits");
    }
    hold(m.used == 0, "all memory is released");
}

void one_net_predicts_in_any_number_of_threads()
{
    const table t = make_rows();
    memory m = {{0}, {SIZE_MAX}};
    const net_of net = make_net(&m);
    const std::vector<float> right = predict(net.get(), t);
    std::atomic<int> same(0);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.push_back(std::thread([&] {
            try {
                same += same_bits(predict(net.get(), t), right);
            } catch (const std::exception &) {
            }
        }));
    join(threads);
    hold(same == 4, "a const net predicts the same bits in each thread");
}

void each_thread_has_its_own_sentence()
{
    std::atomic<int> own(0);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++)
        threads.push_back(std::thread([&own, i] {
            bp_net *net = nullptr;
            try {
                if (i % 2)
                    need(bp_net_create(&net, BP_F32, 0));
                else
                    need(bp_net_load(&net, "/nowhere/net"));
            } catch (const failure &f) {
                own += f.status == (i % 2 ? BP_ERR_SHAPE : BP_ERR_IO) &&
                       std::strstr(f.what(), i % 2 ? "bp_net_create" : "bp_net_load: ") == f.what();
            }
        }));
    join(threads);
    hold(own == 4, "each thread reads the sentence of its own failure");
}

/* What a callback has caught. */
struct caught {
    int epochs;
    std::exception_ptr exception;
};

extern "C" std::int32_t stop_by_an_exception(bp_train *train, void *user)
{
    caught *c = static_cast<caught *>(user);
    try {
        (void)train;
        if (++c->epochs == 3)
            throw std::range_error("enough");
        return 0;
    } catch (...) {
        c->exception = std::current_exception();
        return 1;
    }
}

void an_exception_of_a_callback_comes_out_after_the_call()
{
    const table t = make_rows();
    memory m = {{0}, {SIZE_MAX}};
    caught c = {0, nullptr};
    std::string thrown;
    try {
        bp_data *data_made = nullptr;
        bp_train *train_made = nullptr;
        const net_of net = make_net(&m);
        need(bp_data_create(&data_made, nullptr));
        const data_of data(data_made);
        need(bp_data_set_inputs(data.get(), BP_F32, t.x.data(), rows, inputs, 0, BP_HOLD_BORROW));
        need(bp_data_set_labels(data.get(), BP_I32, t.labels.data(), outputs, BP_HOLD_BORROW));
        need(bp_train_create(&train_made, net.get(), data.get(), nullptr));
        const train_of train(train_made);
        const bp_status status = bp_train_run(train.get(), stop_by_an_exception, &c);
        hold(status == BP_ERR_CANCELLED, "the callback cancels the training");
        std::rethrow_exception(c.exception);
    } catch (const std::range_error &e) {
        thrown = e.what();
    }
    hold(thrown == "enough" && c.epochs == 3, "the exception is that of the callback");
    hold(m.used == 0, "the way of the exception out of the host releases all memory");
}

void without_memory_there_is_a_status_and_nothing_is_lost()
{
    memory m = {{0}, {1000}};
    int refused = 0;
    for (; m.most < 100 * 1000 * 1000; m.most = m.most * 2)
        try {
            const net_of net = make_net(&m);
            hold(m.used > 0, "the memory is the host's");
            break;
        } catch (const failure &f) {
            hold(f.status == BP_ERR_MEMORY && m.used == 0, "no memory is lost");
            refused++;
        }
    hold(refused > 3 && m.most < 100 * 1000 * 1000, "first it is refused, then there is enough");
}

} // namespace

int main()
{
    struct {
        const char *name;
        void (*run)();
    } const rules[] = {
        {"threads_of_the_host_compute_the_same_bits", threads_of_the_host_compute_the_same_bits},
        {"one_net_predicts_in_any_number_of_threads", one_net_predicts_in_any_number_of_threads},
        {"each_thread_has_its_own_sentence", each_thread_has_its_own_sentence},
        {"an_exception_of_a_callback_comes_out_after_the_call", an_exception_of_a_callback_comes_out_after_the_call},
        {"without_memory_there_is_a_status_and_nothing_is_lost", without_memory_there_is_a_status_and_nothing_is_lost},
    };
    int failed = 0;
    for (const auto &rule : rules)
        try {
            rule.run();
        } catch (const std::exception &e) {
            std::printf("%s: %s\n", rule.name, e.what());
            failed++;
        }
    return failed > 0;
}
