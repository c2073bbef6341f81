// A watcher: one caller of WatchAlerts.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/rpc/pipeline.h"
#include "tonghu/alerts/v1/alert_service.pb.h"

namespace tonghu::alerts {

// Sends changes in the order in which they are offered, from a bounded queue (I7). Keeps itself alive until
// gRPC is done with it. Thread-safe.
class Watcher final : public grpc::ServerWriteReactor<v1::WatchAlertsResponse>,
                      public std::enable_shared_from_this<Watcher> {
 public:
  using Change = std::shared_ptr<const v1::WatchAlertsResponse>;
  // Called without any lock of the watcher.
  struct Listener {
    std::function<void(const v1::WatchAlertsResponse&)> took;  // the caller's transport has taken this change
    std::function<void(Watcher*)> gone;                        // once, when the call has ended
  };
  // Writes down whose files the caller was shown (rpc::Audit::Record); `shown` names them.
  using Recorder = std::function<void(const google::protobuf::Message& shown, rpc::Audit::Done)>;

  // `call` null: a call that is not admitted, to which nothing is offered.
  static std::shared_ptr<Watcher> Make(grpc::CallbackServerContext* context,
                                       std::shared_ptr<const rpc::Call> call, Listener listener,
                                       Recorder record);

  const std::string& county() const { return call_->county(); }
  // What of the county the caller may see.
  const rights::Scope& scope() const { return call_->scope(); }

  // Writes down that the caller watches, and calls `recorded` when that is done; the call ends when it can't
  // be.
  void RecordBeginning(std::function<void()> recorded);
  // Whether it is written down that the caller watches: nothing is told before.
  bool recorded() const { return recorded_; }
  // Writes down the children of whom changes were offered, once a minute or when they are many; at the end
  // all. The call ends when that can't be done. `now` is on any one scale.
  void RecordShown(absl::Time now);
  // Tells the caller, by the initial metadata and an empty message, that from now on no change is missed.
  void Begin();
  // Queues a change. `child` is whom it is about, by resource name; empty: no child. A caller for whom 1,000
  // wait is ended as too slow.
  void Offer(Change change, const std::string& child = "");
  // Cancels the call of a caller who was cut off for being slow and does not even take that answer. `now` is
  // on any one scale.
  void CancelIfStuck(absl::Time now);
  // Sends an empty message to a caller who has been sent nothing for kSilence, so that neither the caller nor
  // a proxy between takes the silence for a broken connection. `now` is on any one scale.
  void Beat(absl::Time now);
  // Ends the call after what is being sent; of several ends the first counts.
  void End(const grpc::Status& status);

  void OnSendInitialMetadataDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  Watcher(grpc::CallbackServerContext* context, std::shared_ptr<const rpc::Call> call, Listener listener,
          Recorder record)
      : context_(context),
        call_(std::move(call)),
        listener_(std::move(listener)),
        record_(std::move(record)) {}
  void Record(std::set<std::string> children);
  void TellTaken();
  // Called when what was being sent has ended: starts what comes next.
  void GoOn(bool ok, bool written);

  grpc::CallbackServerContext* const context_;
  const std::shared_ptr<const rpc::Call> call_;
  const Listener listener_;
  const Recorder record_;
  std::atomic<bool> recorded_ = false;
  std::shared_ptr<Watcher> self_;  // until OnDone
  absl::Mutex mutex_;
  std::deque<Change> queue_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> shown_
      ABSL_GUARDED_BY(mutex_);  // children of whom changes were offered, not yet recorded
  absl::Time shown_since_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;  // the metadata or the first of the queue is being sent
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::Status end_ ABSL_GUARDED_BY(mutex_);
  absl::Time beaten_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();  // when something was last under way
  absl::Time stuck_since_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
};

}  // namespace tonghu::alerts
