// Counts the capability checks of containers, inside the kernel: for the processes that descend from
// a container's first program, under their own credentials. Compiled by clang when capmin is built;
// kernel_tracer_libbpf.cpp loads it and must agree with it about `check`, `request`, `container` and
// the maps.
//
// Kernel structures are declared by hand, only the fields that are read: libbpf relocates them by
// the running kernel's BTF.
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

typedef _Bool bool;

struct user_namespace;

struct kernfs_node {
  const char* name;
} __attribute__((preserve_access_index));

struct cgroup;

struct cgroup_subsys_state {
  struct cgroup* cgroup;
  struct cgroup_subsys_state* parent;
} __attribute__((preserve_access_index));

struct cgroup {
  struct cgroup_subsys_state self;
  struct kernfs_node* kn;
} __attribute__((preserve_access_index));

enum cgroup_subsys_id { memory_cgrp_id = 1, devices_cgrp_id, pids_cgrp_id, CGROUP_SUBSYS_COUNT };

struct css_set {
  struct cgroup_subsys_state* subsys[CGROUP_SUBSYS_COUNT];
  struct cgroup* dfl_cgrp;
} __attribute__((preserve_access_index));

struct upid {
  int nr;
} __attribute__((preserve_access_index));

struct pid {
  unsigned int level;
  struct upid numbers[1];
} __attribute__((preserve_access_index));

typedef struct {
  __u64 val;
} __attribute__((preserve_access_index)) kernel_cap_t;

struct cred {
  kernel_cap_t cap_inheritable;
  kernel_cap_t cap_permitted;
  struct user_namespace* user_ns;
} __attribute__((preserve_access_index));

struct task_struct {
  int pid;
  struct pid* thread_pid;
  const struct cred* real_cred;
  char comm[16];
  struct css_set* cgroups;
} __attribute__((preserve_access_index));

struct linux_binprm {
  const char* interp;
} __attribute__((preserve_access_index));

/// The kernel has one of these, that of its architecture.
struct pt_regs___x86 {
  unsigned long dx;
  unsigned long si;
  unsigned long di;
  unsigned long orig_ax;
  unsigned short cs;
} __attribute__((preserve_access_index));

struct pt_regs___arm64 {
  __u64 regs[31];
  __u64 pstate;
  __s32 syscallno;
} __attribute__((preserve_access_index));

char program_license[] SEC("license") = "GPL";

#define ID_LENGTH 64
#define COMM_LENGTH 16
#define NO_CALL (-1)
#define PATH_LENGTH 124
#define MOST_PROGRAMS 64

#define NO_CAPABILITY 0xffff  // refused before any was asked for

enum { GRANTED, DENIED_SOFT, DENIED_HARD };

/// What is counted together.
struct check {
  __u32 container;
  __s32 call;  ///< number of the system call; NO_CALL outside of any
  __u16 capability;
  __u16 result;
  char comm[COMM_LENGTH];
};

struct container {
  __u64 lost;      ///< checks and processes that could not be noted
  __u64 roots;     ///< how often its first program was seen to start
  __u64 programs;  ///< how many are noted
};

/// An executable file by the name it was executed by, that of a script's interpreter.
struct program {
  __u32 container;
  char path[PATH_LENGTH];
};

struct id {
  char text[ID_LENGTH];
};

/// A change of a process's own capabilities, which the kernel makes as a whole or not at all and
/// without a check of those that are asked for.
struct request {
  __u32 container;
  __s32 call;
  __u64 asked;
  __u64 held;  ///< the permitted ones before
  __u32 given;
  __u32 padding;
  char comm[COMM_LENGTH];
};

/// Of a process, or thread, of a container.
struct traced {
  __u32 container;
  __s32 call;
  __u64 denied;  ///< capabilities that were asked for in vain during this call
  __u64 user_ns; ///< of the container's first program when it started
  __u64 asked;   ///< what this call wants to hold or to hand on; 0 for most calls
  __u64 held;    ///< where something is asked
};

/// Containers by what the engine calls them; the value is the key of `containers`.
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1024);
  __type(key, struct id);
  __type(value, __u32);
} wanted SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1024);
  __type(key, __u32);
  __type(value, struct container);
} containers SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16384);
  __type(key, struct check);
  __type(value, __u64);
} counts SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, struct request);
  __type(value, __u64);
} requests SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, struct program);
  __type(value, __u8);
} programs SEC(".maps");

/// Lives and dies with each task: however many there are, none is left out for lack of room.
struct {
  __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct traced);
} tasks SEC(".maps");

static struct traced* traced_of(struct task_struct* task) {
  return bpf_task_storage_get(&tasks, task, 0, 0);
}

static void lose(__u32 container) {
  struct container* const entry = bpf_map_lookup_elem(&containers, &container);
  if (entry) __sync_fetch_and_add(&entry->lost, 1);
}

/// Adds one to what `map` counts under `key`, of a container.
static __always_inline void add_one(void* map, const void* key, __u32 container) {
  __u64* const old = bpf_map_lookup_elem(map, key);
  if (old) {
    __sync_fetch_and_add(old, 1);
    return;
  }
  const __u64 one = 1;
  if (bpf_map_update_elem(map, key, &one, BPF_NOEXIST) == 0) return;
  __u64* const beside = bpf_map_lookup_elem(map, key);
  if (beside) {
    __sync_fetch_and_add(beside, 1);
  } else {
    lose(container);
  }
}

static void count(struct task_struct* task, const struct traced* traced, int capability,
                  int result) {
  struct check key = {};
  key.container = traced->container;
  // A container that was collected already only waits for its end.
  if (!bpf_map_lookup_elem(&containers, &key.container)) return;
  key.call = traced->call;
  key.capability = capability;
  key.result = result;
  bpf_core_read(key.comm, sizeof key.comm, &task->comm);
  add_one(&counts, &key, key.container);
}

static void count_request(struct task_struct* task, const struct traced* traced, int given) {
  struct request key = {};
  key.container = traced->container;
  if (!bpf_map_lookup_elem(&containers, &key.container)) return;
  key.call = traced->call;
  key.asked = traced->asked;
  key.held = traced->held;
  key.given = given;
  bpf_core_read(key.comm, sizeof key.comm, &task->comm);
  add_one(&requests, &key, key.container);
}

/// docker and podman call a container's control group by its id, or "docker-ID.scope" and
/// "libpod-ID.scope" where systemd makes it.
static __u32 wanted_by_name(const struct cgroup* group) {
  struct {
    char text[ID_LENGTH + 8];
  } name = {};
  if (!group) return 0;
  bpf_probe_read_kernel_str(name.text, sizeof name.text, BPF_CORE_READ(group, kn, name));
  __u32* found = bpf_map_lookup_elem(&wanted, name.text);
  if (!found) found = bpf_map_lookup_elem(&wanted, name.text + 7);
  return found ? *found : 0;
}

static __u32 wanted_group(const struct cgroup* group) {
  __u32 found = wanted_by_name(group);
  if (found || !group) return found;
  // podman with crun puts the processes one level below.
  const struct cgroup_subsys_state* const above = BPF_CORE_READ(group, self.parent);
  return above ? wanted_by_name(BPF_CORE_READ(above, cgroup)) : 0;
}

/// A controller may lie in a hierarchy of its own, cgroups version 1.
static __u32 wanted_by_controller(const struct css_set* groups, unsigned int controller) {
  const struct cgroup_subsys_state* state = 0;
  bpf_core_read(&state, sizeof state,
                (const char*)groups + bpf_core_field_offset(struct css_set, subsys) +
                    controller * sizeof state);
  return state ? wanted_group(BPF_CORE_READ(state, cgroup)) : 0;
}

#define TRY_CONTROLLER(found, groups, id)                                      \
  if (!(found) && bpf_core_enum_value_exists(enum cgroup_subsys_id, id)) {     \
    (found) = wanted_by_controller(groups,                                     \
                                   bpf_core_enum_value(enum cgroup_subsys_id, id)); \
  }

/// The number of the container that this task is the first process of; 0 where it is of none.
static __u32 container_begun_by(const struct task_struct* task) {
  const struct pid* const pid = BPF_CORE_READ(task, thread_pid);
  const unsigned int level = BPF_CORE_READ(pid, level);
  if (level == 0 || level > 32) return 0;
  int number = 0;
  bpf_core_read(&number, sizeof number,
                (const char*)pid + bpf_core_field_offset(struct pid, numbers) +
                    level * bpf_core_type_size(struct upid) + bpf_core_field_offset(struct upid, nr));
  if (number != 1) return 0;
  const struct css_set* const groups = BPF_CORE_READ(task, cgroups);
  __u32 found = wanted_group(BPF_CORE_READ(groups, dfl_cgrp));
  TRY_CONTROLLER(found, groups, pids_cgrp_id);
  TRY_CONTROLLER(found, groups, memory_cgrp_id);
  TRY_CONTROLLER(found, groups, devices_cgrp_id);
  return found;
}

/// Their files may carry capabilities, which no check shows. Those beyond the first ones are left
/// out: they only order trials.
static void note_program(__u32 number, const struct linux_binprm* file) {
  struct container* const container = bpf_map_lookup_elem(&containers, &number);
  if (!container || container->programs >= MOST_PROGRAMS) return;
  struct program key = {.container = number};
  if (bpf_probe_read_kernel_str(key.path, sizeof key.path, BPF_CORE_READ(file, interp)) < 0) return;
  const __u8 one = 1;
  if (bpf_map_update_elem(&programs, &key, &one, BPF_NOEXIST) == 0) {
    __sync_fetch_and_add(&container->programs, 1);
  }
}

/// The first program of a container: whatever the runtime did to set it up lies before.
SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct* task, int old_pid, struct linux_binprm* file) {
  const struct traced* const known = traced_of(task);
  if (known) {
    note_program(known->container, file);
    return 0;
  }
  const __u32 number = container_begun_by(task);
  if (!number) return 0;
  struct traced fresh = {.container = number, .call = NO_CALL};
  fresh.user_ns = (__u64)BPF_CORE_READ(task, real_cred, user_ns);
  if (!bpf_task_storage_get(&tasks, task, &fresh, BPF_LOCAL_STORAGE_GET_F_CREATE)) {
    lose(number);
    return 0;
  }
  struct container* const container = bpf_map_lookup_elem(&containers, &number);
  if (container) __sync_fetch_and_add(&container->roots, 1);
  note_program(number, file);
  return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct* parent, struct task_struct* child) {
  const struct traced* const traced = traced_of(parent);
  if (!traced) return 0;
  struct traced fresh = {.container = traced->container, .call = NO_CALL};
  fresh.user_ns = traced->user_ns;
  if (!bpf_task_storage_get(&tasks, child, &fresh, BPF_LOCAL_STORAGE_GET_F_CREATE)) {
    lose(fresh.container);
  }
  return 0;
}

/// A system call with its first arguments.
struct call {
  bool is_capset;
  bool is_prctl;
  __u64 arguments[3];
};

/// Numbers and registers of the kernel's own architecture: programs of 32 bits have others.
static __always_inline struct call call_of(const void* registers, long number) {
  struct call call = {};
  const struct pt_regs___x86* const x86 = registers;
  const struct pt_regs___arm64* const arm64 = registers;
  if (bpf_core_field_exists(x86->di)) {
    if (number != 126 && number != 157) return call;
    if (BPF_CORE_READ(x86, cs) != 0x33) return call;  // __USER_CS
    call.is_capset = number == 126;
    call.arguments[0] = BPF_CORE_READ(x86, di);
    call.arguments[1] = BPF_CORE_READ(x86, si);
    call.arguments[2] = BPF_CORE_READ(x86, dx);
  } else if (bpf_core_field_exists(arm64->pstate)) {
    if (number != 91 && number != 167) return call;
    if (BPF_CORE_READ(arm64, pstate) & 0x10) return call;  // PSR_MODE32_BIT
    call.is_capset = number == 91;
    call.arguments[0] = BPF_CORE_READ(arm64, regs[0]);
    call.arguments[1] = BPF_CORE_READ(arm64, regs[1]);
    call.arguments[2] = BPF_CORE_READ(arm64, regs[2]);
  } else {
    return call;
  }
  call.is_prctl = !call.is_capset;
  return call;
}

/// What a process wants to hold, or to hand on: by capset(2) all that it wants to be permitted or
/// that it wants to inherit anew, by PR_CAP_AMBIENT_RAISE of prctl(2) one.
static __always_inline __u64 asked_by(const struct call* call, const struct cred* cred) {
  if (call->is_prctl) {
    const bool raises = call->arguments[0] == 47 && call->arguments[1] == 2;
    return raises && call->arguments[2] < 64 ? 1ULL << call->arguments[2] : 0;
  }
  if (!call->is_capset) return 0;
  struct {
    __u32 effective;
    __u32 permitted;
    __u32 inheritable;
  } sets[2] = {};
  const void* const header = (const void*)call->arguments[0];
  const void* const data = (const void*)call->arguments[1];
  __u32 version = 0;
  if (bpf_probe_read_user(&version, sizeof version, header)) return 0;
  const bool is_short = version == 0x19980330;  // _LINUX_CAPABILITY_VERSION_1
  if (is_short ? bpf_probe_read_user(sets, sizeof sets[0], data)
               : bpf_probe_read_user(sets, sizeof sets, data)) {
    return 0;
  }
  const __u64 inheritable = sets[0].inheritable | (__u64)sets[1].inheritable << 32;
  return sets[0].permitted | (__u64)sets[1].permitted << 32 |
         (inheritable & ~BPF_CORE_READ(cred, cap_inheritable.val));
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_enter, void* registers, long number) {
  struct task_struct* const task = bpf_get_current_task_btf();
  struct traced* const traced = traced_of(task);
  if (!traced) return 0;
  traced->call = (__s32)number;
  traced->denied = 0;
  traced->asked = 0;
  const struct call call = call_of(registers, number);
  if (!call.is_capset && !call.is_prctl) return 0;
  const struct cred* const cred = task->real_cred;
  if ((__u64)BPF_CORE_READ(cred, user_ns) != traced->user_ns) return 0;
  traced->asked = asked_by(&call, cred);
  traced->held = BPF_CORE_READ(cred, cap_permitted.val);
  return 0;
}

/// What was denied during a system call that has returned.
struct denied_checks {
  const struct traced* traced;
  __u64 capabilities;
  int result;
};

static long count_denied(__u32 capability, struct denied_checks* checks) {
  if (checks->capabilities >> capability & 1) {
    count(bpf_get_current_task_btf(), checks->traced, capability, checks->result);
  }
  return 0;
}

/// The number of a system call that leaves the kernel; NO_CALL for one of a program of 32 bits.
static __always_inline long number_of(const void* registers) {
  const struct pt_regs___x86* const x86 = registers;
  const struct pt_regs___arm64* const arm64 = registers;
  if (bpf_core_field_exists(x86->di)) {
    return BPF_CORE_READ(x86, cs) == 0x33 ? (long)BPF_CORE_READ(x86, orig_ax) : NO_CALL;
  }
  if (bpf_core_field_exists(arm64->pstate)) {
    return BPF_CORE_READ(arm64, pstate) & 0x10 ? NO_CALL : BPF_CORE_READ(arm64, syscallno);
  }
  return NO_CALL;
}

/// A filter (seccomp) refuses a call before it is seen to begin.
static __always_inline void count_filtered(struct traced* traced, const void* registers) {
  traced->call = (__s32)number_of(registers);
  if (traced->call == NO_CALL) return;
  count(bpf_get_current_task_btf(), traced, NO_CAPABILITY, DENIED_HARD);
  traced->call = NO_CALL;
}

/// A check that was denied mattered where its system call failed for lack of permission, and a
/// request that is answered otherwise (EINVAL, EFAULT) was none.
SEC("tp_btf/sys_exit")
int BPF_PROG(on_leave, void* registers, long result) {
  struct traced* const traced = traced_of(bpf_get_current_task_btf());
  if (!traced) return 0;
  if (traced->call == NO_CALL) {
    if (result == -1) count_filtered(traced, registers);
    return 0;
  }
  const bool failed = result == -1 || result == -13;  // EPERM, EACCES
  if (traced->asked && (failed || result == 0)) {
    count_request(bpf_get_current_task_btf(), traced, !failed);
  }
  if (traced->denied) {
    // It is what the process does not hold that makes such a request fail.
    const bool failed_for_it = failed && !(traced->asked & ~traced->held);
    struct denied_checks checks = {.traced = traced, .capabilities = traced->denied};
    checks.result = failed_for_it ? DENIED_HARD : DENIED_SOFT;
    // A loop of its own would be verified step by step, which takes longer than all the rest.
    bpf_loop(64, count_denied, &checks, 0);
    traced->denied = 0;
  }
  traced->call = NO_CALL;
  return 0;
}

/// Credentials that were borrowed, as overlayfs does from who mounted it, say nothing of the process.
SEC("tp_btf/cap_capable")
int BPF_PROG(on_check, const struct cred* cred, struct user_namespace* target,
             const struct user_namespace* capable, int capability, int result) {
  struct task_struct* const task = bpf_get_current_task_btf();
  struct traced* const traced = traced_of(task);
  if (!traced) return 0;
  if (cred != task->real_cred || (__u64)target != traced->user_ns) return 0;
  if (result == 0) {
    count(task, traced, capability, GRANTED);
  } else if (traced->call == NO_CALL) {
    count(task, traced, capability, DENIED_SOFT);
  } else {
    traced->denied |= 1ULL << (capability & 63);
  }
  return 0;
}
