// Browsers that watch the alerts of their counties over the gateway, as far as the wire can tell.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace tonghu::bench {

// Streams of WatchAlerts, each on a connection of its own, all served by one thread. Thread-safe.
class Watchers {
 public:
  explicit Watchers(int port);
  ~Watchers();

  // Opens `count` more streams for a county (counties/520203) and waits until each has its head.
  // Errors: UNAVAILABLE when one does not get it.
  absl::Status Open(const std::string& county, const std::string& session, int count);

  // Waits until `count` streams have brought the alert for the first time; gives when each did.
  // Errors: DEADLINE_EXCEEDED after `bound`; UNAVAILABLE when a stream has ended.
  absl::StatusOr<std::vector<absl::Time>> Await(const std::string& alert, size_t count, absl::Duration bound);

 private:
  struct Stream;
  void Read(const std::shared_ptr<Stream>& stream);
  void Take(Stream& stream, size_t bytes);

  boost::asio::io_context io_{1};
  const boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  const boost::asio::ip::tcp::endpoint gateway_;
  absl::Mutex mutex_;
  int heads_ ABSL_GUARDED_BY(mutex_) = 0;
  int ended_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::vector<absl::Time>> seen_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace tonghu::bench
