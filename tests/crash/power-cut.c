// A disk that can be watched, made to fail, and cut from its power. To be preloaded into a program.
//
// For the tree COUVERT_CUT_ROOT it keeps, in COUVERT_CUT_SHADOW, what would be left if the power
// went now: the bytes of a file as of its last fsync or fdatasync, the names of a folder as of its
// last fsync. Everything else is lost, as POSIX allows.
//
//   SHADOW/inodes/NUMBER      durable bytes of a file, by its inode
//   SHADOW/folders/PATH/NAME  durable names: a link to such bytes, or an empty folder for a folder;
//                             PATH is relative to the tree, with ':' for '/'
//   SHADOW/control            struct control below, mapped: a test reads counts and sets faults
//
// An operation that a test singled out kills the process before it happens, or fails with an errno.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum operation { op_fdatasync, op_fsync, op_name, op_remove, op_make, op_write, operations };

struct control {
  uint64_t counts[operations];  // of all operations in the tree
  uint64_t mask;                // which operations are looked at: bit 1 << operation
  uint64_t seen;                // how many of those there were since `seen` was set to 0
  uint64_t from, to;            // those in this range, counted from 1, meet their fault; 0: none
  uint64_t error;               // the errno that they fail with; 0: the process is killed
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct control* control;
static char root[PATH_MAX], shadow[PATH_MAX];
static size_t root_length;

#define REAL(function) \
  static __typeof__(&function) real; \
  if (!real) real = (__typeof__(&function))dlsym(RTLD_NEXT, #function)

static int is_below(const char* path) {
  return control && strncmp(path, root, root_length) == 0 &&
         (path[root_length] == '/' || path[root_length] == 0);
}

// The path of a descriptor, or of a name in a folder; empty where it lies outside of the tree.
static void path_of(int folder, const char* name, char out[PATH_MAX]) {
  out[0] = 0;
  if (name && name[0] == '/') {
    snprintf(out, PATH_MAX, "%s", name);
  } else if (folder >= 0 && control) {
    char link[64];
    snprintf(link, sizeof(link), "/proc/self/fd/%d", folder);
    const ssize_t length = readlink(link, out, PATH_MAX - 1);
    out[length > 0 ? length : 0] = 0;
    if (length > 0 && name) snprintf(out + length, PATH_MAX - (size_t)length, "/%s", name);
  }
  if (!is_below(out)) out[0] = 0;
}

// Counts an operation in the tree. Its errno where it is to fail, else 0.
static int meet(enum operation operation) {
  pthread_mutex_lock(&lock);
  control->counts[operation]++;
  uint64_t error = 0;
  if (control->mask >> operation & 1) {
    const uint64_t seen = ++control->seen;
    if (control->from && seen >= control->from && seen <= control->to) {
      // With the lock held: no other thread is in the middle of the shadow.
      if (!control->error) kill(getpid(), SIGKILL);
      while (!control->error) pause();
      error = control->error;
    }
  }
  pthread_mutex_unlock(&lock);
  return (int)error;
}

static int fails_at(enum operation operation, int folder, const char* name) {
  char path[PATH_MAX];
  path_of(folder, name, path);
  if (!path[0]) return 0;
  errno = meet(operation);
  return errno != 0;
}

static void inode_path(const struct stat* status, char out[PATH_MAX]) {
  snprintf(out, PATH_MAX, "%s/inodes/%lu", shadow, (unsigned long)status->st_ino);
}

static int open_real(const char* path, int flags, mode_t mode) {
  REAL(open);
  return real(path, flags, mode);
}

static int unlink_real(const char* path) {
  REAL(unlink);
  return real(path);
}

// The shadow cannot be written, for example because /dev/shm is full: the trial says nothing then.
static void give_up(void) {
  static const char line[] = "power-cut.so: the shadow cannot be written\n";
  if (syscall(SYS_write, STDERR_FILENO, line, sizeof(line) - 1) < 0) abort();
  abort();
}

// The bytes of a file are durable now. They overwrite the ones before: whoever is killed in the
// middle leaves some of the old and some of the new, as a sync that the power interrupts does.
static void keep_bytes(int file, const struct stat* status) {
  char from[64], to[PATH_MAX];
  snprintf(from, sizeof(from), "/proc/self/fd/%d", file);
  inode_path(status, to);
  const int source = open_real(from, O_RDONLY | O_CLOEXEC, 0);
  const int target = open_real(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (source < 0 || target < 0) give_up();
  off_t length = 0;
  while (sendfile(target, source, &length, 1 << 20) > 0) continue;
  if (syscall(SYS_ftruncate, target, length) != 0) give_up();
  close(source);
  close(target);
}

// The entries of `durable` that `folder` no longer has are gone.
static void forget_names(const char* folder, const char* durable) {
  char path[PATH_MAX], gone[PATH_MAX];
  DIR* names = opendir(durable);
  if (!names) give_up();
  for (struct dirent* entry; (entry = readdir(names));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    snprintf(path, PATH_MAX, "%.2000s/%s", folder, entry->d_name);
    snprintf(gone, PATH_MAX, "%.2000s/%s", durable, entry->d_name);
    if (access(path, F_OK) != 0) remove(gone);
  }
  closedir(names);
}

// A name in a synced folder is durable, whatever its bytes are.
static void keep_name(const char* path, const char* durable) {
  struct stat status, known;
  if (lstat(path, &status) != 0) return;
  if (S_ISDIR(status.st_mode)) {
    if (syscall(SYS_mkdirat, AT_FDCWD, durable, 0700) != 0 && errno != EEXIST) give_up();
    return;
  }
  char bytes[PATH_MAX], link[PATH_MAX];
  inode_path(&status, bytes);
  const int made = open_real(bytes, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (made >= 0) close(made);
  const int is_there = stat(bytes, &status) == 0 && stat(durable, &known) == 0;
  if (is_there && status.st_ino == known.st_ino) return;
  // In one step, so that there is always the one or the other.
  snprintf(link, PATH_MAX, "%.4000s/link", shadow);
  unlink_real(link);
  if (syscall(SYS_linkat, AT_FDCWD, bytes, AT_FDCWD, link, 0) != 0) give_up();
  if (syscall(SYS_renameat2, AT_FDCWD, link, AT_FDCWD, durable, 0) != 0) give_up();
}

static void keep_names(const char* folder) {
  char durable[PATH_MAX], path[PATH_MAX], kept[PATH_MAX];
  const int begin = snprintf(durable, PATH_MAX, "%.1000s/folders/", shadow);
  snprintf(durable + begin, PATH_MAX - (size_t)begin, "%.1000s", folder + root_length);
  for (char* at = durable + begin; *at; ++at) *at = *at == '/' ? ':' : *at;
  syscall(SYS_mkdirat, AT_FDCWD, durable, 0700);
  forget_names(folder, durable);
  DIR* names = opendir(folder);
  if (!names) give_up();
  for (struct dirent* entry; (entry = readdir(names));) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    snprintf(path, PATH_MAX, "%.2000s/%s", folder, entry->d_name);
    snprintf(kept, PATH_MAX, "%.2000s/%s", durable, entry->d_name);
    keep_name(path, kept);
  }
  closedir(names);
}

static void keep(int file) {
  char path[PATH_MAX];
  struct stat status;
  path_of(file, NULL, path);
  if (!path[0] || fstat(file, &status) != 0) return;
  pthread_mutex_lock(&lock);
  if (S_ISDIR(status.st_mode)) keep_names(path);
  if (S_ISREG(status.st_mode)) keep_bytes(file, &status);
  pthread_mutex_unlock(&lock);
}

__attribute__((constructor)) static void begin(void) {
  const char* tree = getenv("COUVERT_CUT_ROOT");
  const char* place = getenv("COUVERT_CUT_SHADOW");
  if (!tree || !place) return;
  char path[PATH_MAX];
  snprintf(root, sizeof(root), "%s", tree);
  snprintf(shadow, sizeof(shadow), "%.4000s", place);
  snprintf(path, sizeof(path), "%.4000s/control", place);
  root_length = strlen(root);
  const int file = open_real(path, O_RDWR | O_CLOEXEC, 0);
  void* mapped = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (file < 0 || mapped == MAP_FAILED) give_up();
  close(file);
  control = mapped;
}

int fdatasync(int file) {
  REAL(fdatasync);
  if (fails_at(op_fdatasync, file, NULL)) return -1;
  const int done = real(file);
  if (done == 0) keep(file);
  return done;
}

int fsync(int file) {
  REAL(fsync);
  if (fails_at(op_fsync, file, NULL)) return -1;
  const int done = real(file);
  if (done == 0) keep(file);
  return done;
}

ssize_t write(int file, const void* bytes, size_t length) {
  REAL(write);
  return fails_at(op_write, file, NULL) ? -1 : real(file, bytes, length);
}

ssize_t pwrite64(int file, const void* bytes, size_t length, off64_t offset) {
  REAL(pwrite64);
  return fails_at(op_write, file, NULL) ? -1 : real(file, bytes, length, offset);
}

ssize_t pwrite(int file, const void* bytes, size_t length, off_t offset) {
  return pwrite64(file, bytes, length, offset);
}

int ftruncate64(int file, off64_t length) {
  REAL(ftruncate64);
  return fails_at(op_write, file, NULL) ? -1 : real(file, length);
}

int ftruncate(int file, off_t length) { return ftruncate64(file, length); }

int renameat2(int from, const char* old, int to, const char* new, unsigned flags) {
  REAL(renameat2);
  return fails_at(op_name, to, new) ? -1 : real(from, old, to, new, flags);
}

int renameat(int from, const char* old, int to, const char* new) {
  REAL(renameat);
  return fails_at(op_name, to, new) ? -1 : real(from, old, to, new);
}

int rename(const char* old, const char* new) { return renameat(AT_FDCWD, old, AT_FDCWD, new); }

int linkat(int from, const char* old, int to, const char* new, int flags) {
  REAL(linkat);
  return fails_at(op_name, to, new) ? -1 : real(from, old, to, new, flags);
}

int link(const char* old, const char* new) { return linkat(AT_FDCWD, old, AT_FDCWD, new, 0); }

// A name that is not there is not removed.
int unlinkat(int folder, const char* name, int flags) {
  REAL(unlinkat);
  const int is_there = faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  return is_there && fails_at(op_remove, folder, name) ? -1 : real(folder, name, flags);
}

int unlink(const char* name) { return unlinkat(AT_FDCWD, name, 0); }

// A folder that is there already is not made.
int mkdirat(int folder, const char* name, mode_t mode) {
  REAL(mkdirat);
  const int is_new = faccessat(folder, name, F_OK, 0) != 0;
  return is_new && fails_at(op_make, folder, name) ? -1 : real(folder, name, mode);
}

int mkdir(const char* name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

// A new file has nothing durable yet, even if its inode had an earlier life.
static int open_new(int folder, const char* name, int flags, mode_t mode) {
  REAL(openat);
  char path[PATH_MAX];
  path_of(folder, name, path);
  const int is_new = path[0] && (flags & O_CREAT) && faccessat(folder, name, F_OK, 0) != 0;
  if (is_new && (errno = meet(op_make)) != 0) return -1;
  const int file = real(folder, name, flags, mode);
  struct stat status;
  if (is_new && file >= 0 && fstat(file, &status) == 0) {
    inode_path(&status, path);
    unlink_real(path);
  }
  return file;
}

static mode_t mode_in(int flags, va_list more) {
  return (flags & O_CREAT) ? (mode_t)va_arg(more, unsigned) : 0;
}

int openat64(int folder, const char* name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_in(flags, more);
  va_end(more);
  return open_new(folder, name, flags | O_LARGEFILE, mode);
}

int openat(int folder, const char* name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_in(flags, more);
  va_end(more);
  return open_new(folder, name, flags, mode);
}

int open64(const char* name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_in(flags, more);
  va_end(more);
  return open_new(AT_FDCWD, name, flags | O_LARGEFILE, mode);
}

int open(const char* name, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_in(flags, more);
  va_end(more);
  return open_new(AT_FDCWD, name, flags, mode);
}
