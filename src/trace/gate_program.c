// The gate: holds a container at its first instruction and then becomes what the container is for.
//
//   gate FIFO PROGRAM [ARGUMENT...]
//
// Waits until somebody writes one byte into FIFO, then executes PROGRAM in its own place as the
// runtime would have done: looked up in PATH unless it holds a slash, with this environment, working
// directory, user and signal settings, and no descriptor more. Ends with status 1 where FIFO is
// closed without a byte: nobody watches then.
//
// Without a C library and without writable data, so that it runs in an image with neither library
// nor shell. The words and exit statuses for a program that cannot be executed are those of runc
// 1.1: 127 not found, 126 not executable, 1 where execve(2) itself refuses.
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/limits.h>
#include <linux/stat.h>

typedef unsigned long word;

#if defined(__x86_64__)
__asm__(
    ".globl _start\n_start:\n"
    "xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call begin\n hlt\n");

static long system_call(long number, word a, word b, word c, word d) {
  long result;
  register word r10 __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
__asm__(".globl _start\n_start:\nmov x29, #0\n mov x30, #0\n mov x0, sp\n bl begin\n");

static long system_call(long number, word a, word b, word c, word d) {
  register long x8 __asm__("x8") = number;
  register word x0 __asm__("x0") = a;
  register word x1 __asm__("x1") = b;
  register word x2 __asm__("x2") = c;
  register word x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return (long)x0;
}
#else
#error "the gate does not know the system calls of this architecture"
#endif

enum { kRefused = 1, kNotExecutable = 126, kNotFound = 127, kErrorOutput = 2 };

static void leave(int status) {
  for (;;) system_call(__NR_exit_group, (word)status, 0, 0, 0);
}

static word length(const char* text) {
  word count = 0;
  while (text[count] != 0) ++count;
  return count;
}

static void say(const char* text) {
  system_call(__NR_write, kErrorOutput, (word)text, length(text), 0);
}

/// Go's words, which are runc's.
static const char* words_for(long error) {
  switch (error) {
    case -EPERM: return "operation not permitted";
    case -ENOENT: return "no such file or directory";
    case -E2BIG: return "argument list too long";
    case -ENOEXEC: return "exec format error";
    case -ENOMEM: return "cannot allocate memory";
    case -EACCES: return "permission denied";
    case -ENOTDIR: return "not a directory";
    case -EISDIR: return "is a directory";
    case -ETXTBSY: return "text file busy";
    case -EINVAL: return "invalid argument";
    case -ELOOP: return "too many levels of symbolic links";
    case -ENAMETOOLONG: return "file name too long";
    default: return "input/output error";
  }
}

/// 0 where the file at `path` looks like a program, as Go's exec.LookPath judges.
static long judge(const char* path) {
  struct stat file;
  const long error = system_call(__NR_newfstatat, (word)AT_FDCWD, (word)path, (word)&file, 0);
  if (error != 0) return error;
  return S_ISDIR(file.st_mode) || (file.st_mode & 0111) == 0 ? -EACCES : 0;
}

static void cannot_execute(const char* program, const char* path, long error) {
  say("exec: \"");
  say(program);
  say("\": ");
  // Go's os.Stat names the file; a mode that forbids it does not.
  if (error != -EACCES) {
    say("stat ");
    say(path);
    say(": ");
  }
  say(words_for(error));
  say("\n");
  leave(error == -EACCES ? kNotExecutable : kNotFound);
}

/// Looks `program` up in the directories of `path`; the place is written to `found`.
static void look_up(const char* program, const char* path, char* found) {
  const word size = length(program);
  while (path != 0) {
    word count = 0;
    while (path[count] != 0 && path[count] != ':') ++count;
    if (count + size + 3 < PATH_MAX) {
      word at = 0;
      for (; at < count; ++at) found[at] = path[at];
      // An empty entry is the working directory.
      if (count == 0) found[at++] = '.';
      found[at++] = '/';
      for (word i = 0; i <= size; ++i) found[at + i] = program[i];
      if (judge(found) == 0) return;
    }
    path = path[count] == ':' ? path + count + 1 : 0;
  }
  say("exec: \"");
  say(program);
  say("\": executable file not found in $PATH\n");
  leave(kNotFound);
}

static int holds_slash(const char* text) {
  for (; *text != 0; ++text) {
    if (*text == '/') return 1;
  }
  return 0;
}

/// The value of PATH; none without.
static const char* path_of(char* const* environment) {
  static const char kName[] = "PATH=";
  for (; *environment != 0; ++environment) {
    word i = 0;
    while (kName[i] != 0 && (*environment)[i] == kName[i]) ++i;
    if (kName[i] == 0) return *environment + i;
  }
  return 0;
}

static void await_byte(const char* fifo) {
  char byte;
  long count;
  long file;
  do {
    file = system_call(__NR_openat, (word)AT_FDCWD, (word)fifo, O_RDONLY | O_CLOEXEC, 0);
  } while (file == -EINTR);
  do {
    count = system_call(__NR_read, (word)file, (word)&byte, 1, 0);
  } while (count == -EINTR);
  if (count != 1) {
    say("capmin's gate: nobody opened it\n");
    leave(kRefused);
  }
  system_call(__NR_close, (word)file, 0, 0, 0);
}

/// `stack` is what the kernel gave: the count of arguments, they, the environment (execve(2)).
__attribute__((used)) void begin(word* stack) {
  const word count = stack[0];
  char** const arguments = (char**)(stack + 1);
  char** const environment = arguments + count + 1;
  char found[PATH_MAX];
  if (count < 3) leave(kRefused);
  await_byte(arguments[1]);

  const char* const program = arguments[2];
  const char* path = program;
  if (holds_slash(program)) {
    const long error = judge(path);
    if (error != 0) cannot_execute(program, path, error);
  } else {
    look_up(program, path_of(environment), found);
    path = found;
  }
  const long error =
      system_call(__NR_execve, (word)path, (word)(arguments + 2), (word)environment, 0);
  say("exec ");
  say(path);
  say(": ");
  say(words_for(error));
  say("\n");
  leave(kRefused);
}
