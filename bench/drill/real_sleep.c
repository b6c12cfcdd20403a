/* Preloaded before libfaketime. Its 0.9.10 reckons every absolute deadline by the clock of the day, so that
   time.sleep() of Python 3.11, which sleeps until an instant of the steady clock, fails with EINVAL. Nothing
   that Undersign runs sleeps until a time of day, so no sleep needs to be faked. */
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left)
{
    return syscall(SYS_clock_nanosleep, clock, flags, until, left) ? errno : 0;
}
