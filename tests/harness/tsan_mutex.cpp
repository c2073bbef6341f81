// Tells ThreadSanitizer what absl::Mutex does. Debian's Abseil is built without the sanitizer, so that its
// locks order nothing in the sanitizer's eyes and everything they guard looks like a race. Linked into tests
// built with -fsanitize=thread only: these definitions come before the shared library's, also for gRPC's own
// locks, and call them.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/synchronization/mutex.h"

// The sanitizer's, declared in no header of GCC's.
extern "C" void AnnotateIgnoreReadsBegin(const char* file, int line);
extern "C" void AnnotateIgnoreReadsEnd(const char* file, int line);

namespace {

#define TONGHU_TEXT_OF(x) #x
#define TONGHU_TEXT(x) TONGHU_TEXT_OF(x)
constexpr char kAbslVersion[] = TONGHU_TEXT(ABSL_OPTION_INLINE_NAMESPACE_NAME);

// The library's own function of that mangled name, "5Mutex4LockEv".
void* Next(const char* name) {
  const std::string mangled =
      "_ZN4absl" + std::to_string(sizeof kAbslVersion - 1) + kAbslVersion + std::string(name);
  void* const found = ::dlsym(RTLD_NEXT, mangled.c_str());
  if (found == nullptr) {
    std::fprintf(stderr, "no %s in Abseil\n", mangled.c_str());
    std::abort();
  }
  return found;
}

constexpr unsigned kReader = __tsan_mutex_read_lock;

// Conditions of waiting threads are evaluated by whoever holds the lock, inside the library.
class IgnoreReads {
 public:
  IgnoreReads() { AnnotateIgnoreReadsBegin(__FILE__, __LINE__); }
  ~IgnoreReads() { AnnotateIgnoreReadsEnd(__FILE__, __LINE__); }
};

// Around a call that gives the lock away and has it again when it returns. The library's functions of this
// kind call one another: the outermost counts.
class GivenAway {
 public:
  explicit GivenAway(absl::Mutex* mutex) : mutex_(depth_++ == 0 ? mutex : nullptr) {
    if (mutex_ == nullptr) return;
    __tsan_mutex_pre_unlock(mutex_, 0);
    __tsan_mutex_post_unlock(mutex_, 0);
  }
  ~GivenAway() {
    --depth_;
    if (mutex_ == nullptr) return;
    __tsan_mutex_pre_lock(mutex_, 0);
    __tsan_mutex_post_lock(mutex_, 0, 0);
  }

 private:
  static inline thread_local int depth_ = 0;
  absl::Mutex* const mutex_;
  const IgnoreReads ignore_;
};

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  static const auto next = reinterpret_cast<void (*)(Mutex*)>(Next("5Mutex4LockEv"));
  __tsan_mutex_pre_lock(this, 0);
  next(this);
  __tsan_mutex_post_lock(this, 0, 0);
}

void Mutex::Unlock() {
  static const auto next = reinterpret_cast<void (*)(Mutex*)>(Next("5Mutex6UnlockEv"));
  __tsan_mutex_pre_unlock(this, 0);
  {
    const IgnoreReads ignore;
    next(this);
  }
  __tsan_mutex_post_unlock(this, 0);
}

bool Mutex::TryLock() {
  static const auto next = reinterpret_cast<bool (*)(Mutex*)>(Next("5Mutex7TryLockEv"));
  __tsan_mutex_pre_lock(this, __tsan_mutex_try_lock);
  const bool locked = next(this);
  __tsan_mutex_post_lock(this, __tsan_mutex_try_lock | (locked ? 0 : __tsan_mutex_try_lock_failed), 0);
  return locked;
}

void Mutex::ReaderLock() {
  static const auto next = reinterpret_cast<void (*)(Mutex*)>(Next("5Mutex10ReaderLockEv"));
  __tsan_mutex_pre_lock(this, kReader);
  next(this);
  __tsan_mutex_post_lock(this, kReader, 0);
}

void Mutex::ReaderUnlock() {
  static const auto next = reinterpret_cast<void (*)(Mutex*)>(Next("5Mutex12ReaderUnlockEv"));
  __tsan_mutex_pre_unlock(this, kReader);
  {
    const IgnoreReads ignore;
    next(this);
  }
  __tsan_mutex_post_unlock(this, kReader);
}

void Mutex::Await(const Condition& condition) {
  static const auto next =
      reinterpret_cast<void (*)(Mutex*, const Condition&)>(Next("5Mutex5AwaitERKNS0_9ConditionE"));
  const GivenAway away(this);
  next(this, condition);
}

bool Mutex::AwaitWithTimeout(const Condition& condition, Duration timeout) {
  static const auto next = reinterpret_cast<bool (*)(Mutex*, const Condition&, Duration)>(
      Next("5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE"));
  const GivenAway away(this);
  return next(this, condition, timeout);
}

bool Mutex::AwaitWithDeadline(const Condition& condition, Time deadline) {
  static const auto next = reinterpret_cast<bool (*)(Mutex*, const Condition&, Time)>(
      Next("5Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE"));
  const GivenAway away(this);
  return next(this, condition, deadline);
}

void CondVar::Wait(Mutex* mutex) {
  static const auto next = reinterpret_cast<void (*)(CondVar*, Mutex*)>(Next("7CondVar4WaitEPNS0_5MutexE"));
  const GivenAway away(mutex);
  next(this, mutex);
}

bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  static const auto next = reinterpret_cast<bool (*)(CondVar*, Mutex*, Duration)>(
      Next("7CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE"));
  const GivenAway away(mutex);
  return next(this, mutex, timeout);
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  static const auto next = reinterpret_cast<bool (*)(CondVar*, Mutex*, Time)>(
      Next("7CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE"));
  const GivenAway away(mutex);
  return next(this, mutex, deadline);
}

ABSL_NAMESPACE_END
}  // namespace absl
