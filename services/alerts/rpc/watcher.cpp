#include "services/alerts/rpc/watcher.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"

namespace tonghu::alerts {
namespace {

// A caller who lets more changes wait is dropped and lists anew, so that memory stays bounded (I7); one who
// does not even take the end of the call is cancelled after kStuck.
constexpr size_t kMostWaiting = 1000;
constexpr absl::Duration kStuck = absl::Seconds(10);

// Of so many children at most is it not yet written down that they were shown, for so long at most.
constexpr size_t kMostShown = 100;
constexpr absl::Duration kRecordEvery = absl::Minutes(1);

constexpr absl::Duration kSilence = absl::Seconds(20);  // proxies wait half a minute and longer

grpc::Status TooSlow() {
  return rpc::ToGrpc(
      refusal::Make({absl::StatusCode::kResourceExhausted, "WATCHER_TOO_SLOW", "",
                     "changes come faster than you take them; list the alerts, then watch again",
                     "接收过慢，连接已断开；请先刷新预警列表，再重新订阅"}));
}

// Says only that the stream lives.
Watcher::Change Empty() {
  static const Watcher::Change empty = std::make_shared<const v1::WatchAlertsResponse>();
  return empty;
}

}  // namespace

std::shared_ptr<Watcher> Watcher::Make(grpc::CallbackServerContext* context,
                                       std::shared_ptr<const rpc::Call> call, Listener listener,
                                       Recorder record) {
  std::shared_ptr<Watcher> watcher(
      new Watcher(context, std::move(call), std::move(listener), std::move(record)));
  // The watcher owns itself until OnDone, as gRPC keeps a bare pointer.
  watcher->self_ = watcher;
  return watcher;
}

void Watcher::RecordBeginning(std::function<void()> recorded) {
  record_(v1::WatchAlertsResponse(),
          [self = shared_from_this(), recorded = std::move(recorded)](const absl::Status& done) {
            if (!done.ok()) return self->End(rpc::ToGrpc(done));
            self->recorded_ = true;
            recorded();
          });
}

void Watcher::RecordShown(absl::Time now) {
  std::set<std::string> children;
  {
    absl::MutexLock lock(&mutex_);
    if (shown_.empty()) return;
    shown_since_ = std::min(shown_since_, now);
    if (now - shown_since_ < kRecordEvery && shown_.size() < kMostShown) return;
    children.swap(shown_);
    shown_since_ = absl::InfiniteFuture();
  }
  Record(std::move(children));
}

void Watcher::Record(std::set<std::string> children) {
  if (children.empty()) return;
  v1::ListAlertsResponse shown;
  for (const std::string& child : children) shown.add_alerts()->set_child(child);
  record_(shown, [self = shared_from_this()](const absl::Status& done) {
    if (!done.ok()) self->End(rpc::ToGrpc(done));
  });
}

void Watcher::Begin() {
  {
    absl::MutexLock lock(&mutex_);
    if (ending_ || busy_) return;
    busy_ = true;
    queue_.push_back(Empty());
  }
  // The metadata tells the caller that the watch has begun; the empty message behind it does the same where
  // a proxy keeps the metadata until something follows.
  StartSendInitialMetadata();
}

// gRPC allows one write at a time, which busy_ guards. StartWrite is called without the lock, since
// OnWriteDone may come at once on another thread.
void Watcher::Offer(Change change, const std::string& child) {
  const v1::WatchAlertsResponse* first = nullptr;
  {
    absl::MutexLock lock(&mutex_);
    if (ending_) return;
    if (queue_.size() == kMostWaiting) {  // so something is being sent; the end follows it
      queue_.resize(1);
      ending_ = true;
      end_ = TooSlow();
      return;
    }
    queue_.push_back(std::move(change));
    if (!child.empty()) shown_.insert(child);
    if (!busy_) first = queue_.front().get();
    busy_ = true;
  }
  if (first != nullptr) StartWrite(first);
}

void Watcher::CancelIfStuck(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  // The call is to end, but the caller does not take what is being sent.
  if (!ending_ || finished_) return;
  if (stuck_since_ == absl::InfiniteFuture()) stuck_since_ = now;
  if (now - stuck_since_ > kStuck) context_->TryCancel();
}

void Watcher::Beat(absl::Time now) {
  {
    absl::MutexLock lock(&mutex_);
    if (busy_ || beaten_ == absl::InfinitePast()) beaten_ = now;
    if (now - beaten_ < kSilence) return;
    beaten_ = now;
  }
  Offer(Empty());
}

// Finish may be called once, and not while a write is under way: then GoOn calls it.
void Watcher::End(const grpc::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    if (!ending_) end_ = status;
    ending_ = true;
    if (busy_ || finished_) return;  // GoOn finishes it
    finished_ = true;
  }
  Finish(status);
}

void Watcher::OnSendInitialMetadataDone(bool ok) { GoOn(ok, false); }
void Watcher::OnWriteDone(bool ok) { GoOn(ok, true); }

void Watcher::TellTaken() {
  Change first;  // a copy: the listener is called without the lock
  {
    absl::MutexLock lock(&mutex_);
    first = queue_.front();
  }
  listener_.took(*first);
}

void Watcher::GoOn(bool ok, bool written) {
  const v1::WatchAlertsResponse* next = nullptr;
  grpc::Status end;
  if (ok && written) TellTaken();
  {
    absl::MutexLock lock(&mutex_);
    if (written) queue_.pop_front();
    if (!ok && !ending_) {
      ending_ = true;
      end_ = grpc::Status::CANCELLED;
    }
    // What still waits is dropped when the call ends: the caller lists again.
    busy_ = !ending_ && !queue_.empty();
    if (busy_) next = queue_.front().get();
    if (!busy_ && !ending_) return;
    if (ending_) {
      if (finished_) return;
      finished_ = true;
      end = end_;
    }
  }
  if (next != nullptr) return StartWrite(next);
  Finish(end);
}

void Watcher::OnCancel() { End(grpc::Status::CANCELLED); }

void Watcher::OnDone() {
  // The last use of the object: `self` frees it when this function is over.
  const std::shared_ptr<Watcher> self = std::move(self_);
  std::set<std::string> children;
  {
    absl::MutexLock lock(&mutex_);
    children.swap(shown_);
  }
  Record(std::move(children));
  listener_.gone(this);
}

}  // namespace tonghu::alerts
