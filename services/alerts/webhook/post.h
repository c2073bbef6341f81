// HTTP POSTs, several at a time (libcurl).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

namespace tonghu::alerts {

// Posts JSON to one receiver, and keeps connections for the next posts. Used by one thread, except Wake.
class Poster {
 public:
  // Allows `most` posts under way at once.
  Poster(std::string url, int most);
  ~Poster();
  Poster(const Poster&) = delete;
  Poster& operator=(const Poster&) = delete;

  int room() const { return most_ - static_cast<int>(posts_.size()); }
  bool idle() const { return posts_.empty(); }

  // Begins a post; room() must be positive.
  void Start(std::string id, std::string body, const std::vector<std::string>& headers);

  // How a post ended. OK for a 2xx answer within 5 s (3 s to connect). Errors: UNAVAILABLE with the HTTP
  // status or curl's words. The answer is not repeated, and not read beyond 64 KiB.
  struct Outcome {
    std::string id;
    absl::Status status;
  };
  // Waits until some posts have ended, something happens on the way, Wake is called, or `patience` is over.
  // Gives the posts that have ended.
  std::vector<Outcome> Await(absl::Duration patience);
  // Ends an Await, or the next one. Thread-safe.
  void Wake();

 private:
  struct Post;
  Outcome End(Post& post, int code);

  const std::string url_;
  const int most_;
  void* multi_;                                              // CURLM
  absl::flat_hash_map<void*, std::unique_ptr<Post>> posts_;  // by CURL
};

}  // namespace tonghu::alerts
