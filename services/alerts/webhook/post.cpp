#include "services/alerts/webhook/post.h"

#include <curl/curl.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tonghu::alerts {
namespace {

size_t Drop(char*, size_t size, size_t count, void*) { return size * count; }

}  // namespace

Poster::Poster(std::string url) : url_(std::move(url)) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);  // once a process, before any handle
  curl_ = kReady == CURLE_OK ? curl_easy_init() : nullptr;
}

Poster::~Poster() { curl_easy_cleanup(static_cast<CURL*>(curl_)); }

absl::Status Poster::Post(const std::string& body, const std::vector<std::string>& headers) {
  CURL* const curl = static_cast<CURL*>(curl_);
  if (curl == nullptr) return absl::UnavailableError("curl can't be used");
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> list(nullptr, curl_slist_free_all);
  for (const std::string& header : headers) {
    curl_slist* longer = curl_slist_append(list.get(), header.c_str());
    if (longer == nullptr) return absl::UnavailableError("out of memory");
    list.release();
    list.reset(longer);
  }
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, 3000L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 5000L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);  // no signals in a program with threads
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Drop);
  const CURLcode done = curl_easy_perform(curl);
  if (done != CURLE_OK) return absl::UnavailableError(curl_easy_strerror(done));
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status >= 200 && status < 300 ? absl::OkStatus()
                                       : absl::UnavailableError(absl::StrCat("HTTP ", status));
}

}  // namespace tonghu::alerts
