#include "os/signal.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "os/file.h"

bool os_signals_open(int *fd_out, struct err *err) {
    sigset_t wanted;
    (void)sigemptyset(&wanted);
    (void)sigaddset(&wanted, SIGTERM);
    (void)sigaddset(&wanted, SIGINT);
    (void)sigaddset(&wanted, SIGHUP);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || sigprocmask(SIG_BLOCK, &wanted, NULL) != 0)
        return os_err_set(err, errno, "could not set the signals of", "the process");
    int fd = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0)
        return os_err_set(err, errno, "could not open", "signalfd");
    *fd_out = fd;
    return true;
}

int os_signals_take(int fd) {
    struct signalfd_siginfo info;
    ssize_t got = read(fd, &info, sizeof info);
    return got == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

void os_signals_close(int fd) {
    (void)close(fd);
}
