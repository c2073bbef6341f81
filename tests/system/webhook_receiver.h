// A partner's side of the webhook: a small HTTP server that answers as a test tells it.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace tonghu::system_test {

struct Post {
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// Listens on a loopback port until destroyed. Takes connections side by side, one request each.
class WebhookReceiver {
 public:
  WebhookReceiver();
  ~WebhookReceiver();

  std::string url() const;
  // What requests are answered from now on, also those that wait; 0: they wait until another answer is set.
  void Answer(int status);
  // All requests so far, as soon as there are `count`; fewer after `patience`.
  std::vector<Post> Await(size_t count, absl::Duration patience = absl::Seconds(20));

 private:
  void Work();
  void Serve(int connection);

  int listener_ = -1;
  int port_ = 0;
  absl::Mutex mutex_;
  int status_ ABSL_GUARDED_BY(mutex_) = 200;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Post> posts_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> connections_;  // accepting thread only
  std::thread thread_;
};

}  // namespace tonghu::system_test
