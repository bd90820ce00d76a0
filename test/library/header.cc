// The header in C++, and a value through it.
#include <mandate/feel.h>

int main() {
    mfeel_evaluator *ev = mfeel_evaluator_create(NULL, NULL);
    mfeel_value out;
    mfeel_error error;
    int64_t n = 0;
    bool good = mfeel_once(ev, "1 + 2", MFEEL_ZERO_ENDED, mfeel_null(), &out, &error) == MFEEL_OK &&
                mfeel_to_int(out, &n) && n == 3;
    mfeel_evaluator_destroy(ev);
    return good ? 0 : 1;
}
