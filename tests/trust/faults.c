/* What a program does to files, counted, and ended or refused at the n-th: loaded before libc into a process under test.

   faults_arm(roots, kinds, way, nth, error, journal, store) starts it in this process: `roots` are folders, one a line, and
   only what happens below them counts; `kinds` is a sum of the bits below; `way` is COUNT, KILL (end before the nth),
   TEAR (the nth write writes half, then the process ends), ONCE (the nth fails with `error`), EVER (the nth and all
   after it that ask for room, or with EROFS all of them) or SHORT (the nth write writes half and says so). `journal`
   is a file descriptor that gets a line per operation, or -1; `store` is a folder that gets what a file held, under the
   number of the operation, as it was synced, moved or removed, or empty. faults_count() says how many there were. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { MAKE = 1, MOVE = 2, DROP = 4, SYNC = 8, WRITE = 16, CUT = 32 };
enum { OFF, COUNT, KILL, TEAR, ONCE, EVER, SHORT };
enum { PASS, FAIL, HALF, HALF_END };

static char roots[8][PATH_MAX], store[PATH_MAX];
static int kept, kinds, error_of, journal = -1;
static volatile int way = OFF;
static long nth;
static atomic_long made;

int faults_arm(const char *folders, int wanted, int how, long which, int error, int log, const char *keep) {
    kept = 0;
    snprintf(store, PATH_MAX, "%s", keep);
    while (*folders && kept < 8) {
        size_t length = strcspn(folders, "\n");
        snprintf(roots[kept++], PATH_MAX, "%.*s", (int)length, folders);
        folders += length + (folders[length] == '\n');
    }
    kinds = wanted, nth = which, error_of = error, journal = log;
    atomic_store(&made, 0);
    way = how;
    return kept;
}

long faults_count(void) { return atomic_load(&made); }

static int below(const char *path) {
    for (int i = 0; i < kept; i++) {
        size_t length = strlen(roots[i]);
        if (!strncmp(path, roots[i], length) && (path[length] == '/' || !path[length])) return 1;
    }
    return 0;
}

static void place_of(int folder, const char *path, char *full) {
    char link[64], base[PATH_MAX];
    if (path && path[0] == '/') {
        snprintf(full, PATH_MAX, "%s", path);
        return;
    }
    if (folder == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, base, sizeof base - 1);
    base[length < 0 ? 0 : length] = 0;
    if (path && *path) snprintf(full, PATH_MAX, "%.2000s/%.2000s", base, path);
    else snprintf(full, PATH_MAX, "%s", base);
}

/* Keep what a file holds, past the functions below. */
static void kept_as(long now, const char *full) {
    char place[PATH_MAX + 32], piece[1 << 16];
    struct stat found;
    if (stat(full, &found) || !S_ISREG(found.st_mode)) return;
    snprintf(place, sizeof place, "%s/%ld", store, now);
    int from = syscall(SYS_openat, AT_FDCWD, full, O_RDONLY);
    int to = syscall(SYS_openat, AT_FDCWD, place, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t length;
    while (from >= 0 && to >= 0 && (length = syscall(SYS_read, from, piece, sizeof piece)) > 0)
        syscall(SYS_write, to, piece, length);
    syscall(SYS_close, from);
    syscall(SYS_close, to);
}

static void end(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* What becomes of an operation: done as ever, refused, or done by half. */
static int meets(int kind, const char *name, int folder, const char *path, int other, const char *target) {
    char full[PATH_MAX], second[PATH_MAX] = "";
    if (way == OFF || !(kinds & kind)) return PASS;
    int saved = errno;
    place_of(folder, path, full);
    if (target) place_of(other, target, second);
    if (!below(full) && !(target && below(second))) {
        errno = saved;
        return PASS;
    }
    long now = atomic_fetch_add(&made, 1) + 1;
    if (journal >= 0) {
        char line[2 * PATH_MAX + 64];
        int length = snprintf(line, sizeof line, "%ld\t%s\t%s\t%s\n", now, name, full, second);
        syscall(SYS_write, journal, line, length);
    }
    if (*store && (kind == SYNC || kind == MOVE || kind == DROP)) kept_as(now, full);
    errno = saved;
    if (now == nth && way == KILL) end();
    if (now == nth && way == TEAR) {
        if (kind != WRITE) end();
        return HALF_END;
    }
    if (now == nth && way == SHORT && kind == WRITE) return HALF;
    int room = kind == MAKE || kind == WRITE || kind == CUT;
    if ((now == nth && way == ONCE) || (now >= nth && way == EVER && (room || error_of == EROFS))) {
        errno = error_of;
        return FAIL;
    }
    return PASS;
}

/* A clock on the wall that goes back and forth by `leap` seconds each time it is asked; the others are left alone. */
static volatile long leap;
static atomic_long asked;

void faults_clock(long seconds) { leap = seconds; }

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int makes(int folder, const char *path, int flags) {
    struct stat found;
    if (flags & O_TMPFILE & ~O_DIRECTORY) return 1;
    if (flags & O_CREAT) return fstatat(folder, path, &found, 0) != 0 || (flags & O_TRUNC && found.st_size);
    return flags & O_TRUNC && (flags & O_ACCMODE) != O_RDONLY;
}

#define OPENED(call, folder) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    } \
    if (way != OFF && ((flags & (O_CREAT | O_TRUNC)) ? makes(folder, path, flags) : 0)) \
        if (meets(MAKE, "create", folder, path, 0, 0) == FAIL) return -1; \
    if (way == EVER && error_of == EROFS && (flags & O_ACCMODE) != O_RDONLY) \
        if (meets(MAKE, "open", folder, path, 0, 0) == FAIL) return -1; \
    return call

int open(const char *path, int flags, ...) { REAL(open); OPENED(real(path, flags, mode), AT_FDCWD); }
int open64(const char *path, int flags, ...) { REAL(open64); OPENED(real(path, flags, mode), AT_FDCWD); }
int openat(int folder, const char *path, int flags, ...) { REAL(openat); OPENED(real(folder, path, flags, mode), folder); }
int openat64(int folder, const char *path, int flags, ...) { REAL(openat64); OPENED(real(folder, path, flags, mode), folder); }

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(clock_gettime);
    int told = real(clock, now);
    if (leap && !told && clock == CLOCK_REALTIME) now->tv_sec += atomic_fetch_add(&asked, 1) % 2 ? leap : -leap;
    return told;
}

time_t time(time_t *place) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (place) *place = now.tv_sec;
    return now.tv_sec;
}

#define GUARD(kind, name, f, p, o, t) if (meets(kind, name, f, p, o, t) == FAIL) return -1

int rename(const char *a, const char *b) { REAL(rename); GUARD(MOVE, "rename", AT_FDCWD, a, AT_FDCWD, b); return real(a, b); }
int renameat(int f, const char *a, int g, const char *b) { REAL(renameat); GUARD(MOVE, "rename", f, a, g, b); return real(f, a, g, b); }
int renameat2(int f, const char *a, int g, const char *b, unsigned how) { REAL(renameat2); GUARD(MOVE, "rename", f, a, g, b); return real(f, a, g, b, how); }
int link(const char *a, const char *b) { REAL(link); GUARD(MAKE, "link", AT_FDCWD, a, AT_FDCWD, b); return real(a, b); }
int linkat(int f, const char *a, int g, const char *b, int how) { REAL(linkat); GUARD(MAKE, "link", f, a, g, b); return real(f, a, g, b, how); }
int unlink(const char *a) { REAL(unlink); GUARD(DROP, "unlink", AT_FDCWD, a, 0, 0); return real(a); }
int unlinkat(int f, const char *a, int how) { REAL(unlinkat); GUARD(DROP, how & AT_REMOVEDIR ? "rmdir" : "unlink", f, a, 0, 0); return real(f, a, how); }
int rmdir(const char *a) { REAL(rmdir); GUARD(DROP, "rmdir", AT_FDCWD, a, 0, 0); return real(a); }
int mkdir(const char *a, mode_t m) { REAL(mkdir); GUARD(MAKE, "mkdir", AT_FDCWD, a, 0, 0); return real(a, m); }
int mkdirat(int f, const char *a, mode_t m) { REAL(mkdirat); GUARD(MAKE, "mkdir", f, a, 0, 0); return real(f, a, m); }
int fsync(int f) { REAL(fsync); GUARD(SYNC, "fsync", f, 0, 0, 0); return real(f); }
int fdatasync(int f) { REAL(fdatasync); GUARD(SYNC, "fsync", f, 0, 0, 0); return real(f); }
int ftruncate(int f, off_t n) { REAL(ftruncate); GUARD(CUT, "truncate", f, 0, 0, 0); return real(f, n); }
int ftruncate64(int f, off64_t n) { REAL(ftruncate64); GUARD(CUT, "truncate", f, 0, 0, 0); return real(f, n); }
int posix_fallocate(int f, off_t a, off_t n) { REAL(posix_fallocate); return meets(CUT, "allocate", f, 0, 0, 0) == FAIL ? errno : real(f, a, n); }
int posix_fallocate64(int f, off64_t a, off64_t n) { REAL(posix_fallocate64); return meets(CUT, "allocate", f, 0, 0, 0) == FAIL ? errno : real(f, a, n); }

#define WRITES(size, whole, half) \
    int met = way == OFF ? PASS : meets(WRITE, "write", f, 0, 0, 0); \
    if (met == FAIL) return -1; \
    if (met == PASS || (size) < 2) { if (met == HALF_END) end(); return whole; } \
    ssize_t done = half; \
    if (met == HALF_END) end(); \
    return done

ssize_t write(int f, const void *b, size_t n) { REAL(write); WRITES(n, real(f, b, n), real(f, b, n / 2)); }
ssize_t pwrite(int f, const void *b, size_t n, off_t at) { REAL(pwrite); WRITES(n, real(f, b, n, at), real(f, b, n / 2, at)); }
ssize_t pwrite64(int f, const void *b, size_t n, off64_t at) { REAL(pwrite64); WRITES(n, real(f, b, n, at), real(f, b, n / 2, at)); }
ssize_t writev(int f, const struct iovec *v, int n) { REAL(writev); WRITES(n, real(f, v, n), real(f, v, n / 2)); }
ssize_t copy_file_range(int in, off64_t *i, int f, off64_t *o, size_t n, unsigned how) { REAL(copy_file_range); WRITES(n, real(in, i, f, o, n, how), real(in, i, f, o, n / 2, how)); }
ssize_t sendfile(int f, int in, off_t *at, size_t n) { REAL(sendfile); WRITES(n, real(f, in, at, n), real(f, in, at, n / 2)); }
ssize_t sendfile64(int f, int in, off64_t *at, size_t n) { REAL(sendfile64); WRITES(n, real(f, in, at, n), real(f, in, at, n / 2)); }
