#include "services/alerts/webhook/post.h"

#include <curl/curl.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace tonghu::alerts {
namespace {

constexpr size_t kMostAnswer = 64 << 10;

// Takes no more than kMostAnswer: a shorter count ends the transfer.
size_t Drop(char*, size_t size, size_t count, void* so_far) {
  size_t& bytes = *static_cast<size_t*>(so_far);
  bytes += size * count;
  return bytes <= kMostAnswer ? size * count : 0;
}

CURLM* NewMulti() {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);  // once a process, before any handle
  return kReady == CURLE_OK ? curl_multi_init() : nullptr;
}

}  // namespace

struct Poster::Post {
  std::string id, body;
  curl_slist* headers = nullptr;
  CURL* curl = curl_easy_init();
  size_t answered = 0;

  ~Post() {
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
  }
};

Poster::Poster(std::string url, int most) : url_(std::move(url)), most_(most), multi_(NewMulti()) {
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(most));
}

Poster::~Poster() {
  for (auto& [curl, post] : posts_) curl_multi_remove_handle(multi_, curl);
  posts_.clear();
  curl_multi_cleanup(multi_);
}

void Poster::Start(std::string id, std::string body, const std::vector<std::string>& headers) {
  auto post = std::make_unique<Post>();
  post->id = std::move(id);
  post->body = std::move(body);
  for (const std::string& header : headers) post->headers = curl_slist_append(post->headers, header.c_str());
  CURL* const curl = post->curl;
  curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
  // A misconfigured address must not make curl read files.
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post->body.size()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, post->headers);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, 3000L);
  // Less than the 7 s after which a claim lapses (postgres/outbox_rows.cpp): no other sender posts meanwhile.
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 5000L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);  // no signals in a program with threads
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Drop);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &post->answered);
  curl_multi_add_handle(multi_, curl);
  posts_.emplace(curl, std::move(post));
}

Poster::Outcome Poster::End(Post& post, int code) {
  long status = 0;
  curl_easy_getinfo(post.curl, CURLINFO_RESPONSE_CODE, &status);
  // A long answer was cut here, on purpose: its status came before it.
  const bool answered = code == CURLE_OK || (code == CURLE_WRITE_ERROR && post.answered > kMostAnswer);
  if (!answered) return {post.id, absl::UnavailableError(curl_easy_strerror(static_cast<CURLcode>(code)))};
  if (status >= 200 && status < 300) return {post.id, absl::OkStatus()};
  return {post.id, absl::UnavailableError(absl::StrCat("HTTP ", status))};
}

std::vector<Poster::Outcome> Poster::Await(absl::Duration patience) {
  int running = 0;
  // Before the wait, so that posts begun since the last call set out.
  curl_multi_perform(multi_, &running);
  // What was refused at once has ended already.
  if (running == static_cast<int>(posts_.size())) {
    curl_multi_poll(multi_, nullptr, 0, static_cast<int>(absl::ToInt64Milliseconds(patience)), nullptr);
    curl_multi_perform(multi_, &running);
  }
  std::vector<Outcome> outcomes;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* const curl = message->easy_handle;
    outcomes.push_back(End(*posts_.at(curl), static_cast<int>(message->data.result)));
    curl_multi_remove_handle(multi_, curl);
    posts_.erase(curl);
  }
  return outcomes;
}

void Poster::Wake() { curl_multi_wakeup(multi_); }

}  // namespace tonghu::alerts
