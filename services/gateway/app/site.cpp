#include "services/gateway/app/site.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/app/gzip.h"

namespace tonghu::gateway {
namespace {

constexpr size_t kMostBytes = 64 << 20;
constexpr size_t kWorthPacking = 1 << 10;
constexpr absl::string_view kNonce = "__CSP_NONCE__";

constexpr std::pair<absl::string_view, absl::string_view> kTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".yaml", "application/yaml; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
};

std::string TypeOf(absl::string_view path) {
  for (const auto& [ending, type] : kTypes) {
    if (absl::EndsWith(path, ending)) return std::string(type);
  }
  return "application/octet-stream";
}

Page PageOf(const std::string& path, std::string body) {
  Page page;
  page.type = TypeOf(path);
  page.lasting = absl::StrContains(path, "/assets/");  // Vite puts a hash of the content into these names
  page.nonced = absl::StrContains(body, kNonce);
  page.etag = absl::StrCat("\"", absl::Hex(absl::HashOf(body)), "-", body.size(), "\"");
  const bool packs = absl::StartsWith(page.type, "text/") || absl::StrContains(page.type, "json") ||
                     absl::StrContains(page.type, "svg") || absl::StrContains(page.type, "yaml");
  if (packs && !page.nonced && body.size() >= kWorthPacking) page.packed = Gzip(body);
  page.body = std::move(body);
  return page;
}

}  // namespace

absl::Status Site::Add(const std::string& folder, absl::string_view prefix) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (folder.empty() || !fs::exists(folder, error)) return absl::OkStatus();
  size_t total = 0;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code odd;
    if (!at->is_regular_file(odd)) continue;
    std::ifstream file(at->path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    total += text.str().size();
    if (total > kMostBytes)
      return absl::InvalidArgumentError(absl::StrCat("console: ", folder, " holds over 64 MiB"));
    const std::string path =
        absl::StrCat(prefix, "/", at->path().lexically_relative(folder).generic_string());
    pages_.emplace(path, PageOf(path, text.str()));
  }
  if (error) return absl::InvalidArgumentError(absl::StrCat("console: ", folder, ": ", error.message()));
  return absl::OkStatus();
}

const Page* Site::Find(absl::string_view path) const {
  if (auto found = pages_.find(path); found != pages_.end()) return &found->second;
  const absl::string_view last = path.substr(path.rfind('/') + 1);
  // A name with an ending is a file that is not there, not an address within an application.
  if (absl::StrContains(last, '.')) return nullptr;
  for (absl::string_view application : {"/m/", "/api/", "/"}) {
    const bool inside = absl::StartsWith(path, application) || absl::StrCat(path, "/") == application;
    if (!inside) continue;
    const auto found = pages_.find(absl::StrCat(application, "index.html"));
    return found == pages_.end() ? nullptr : &found->second;
  }
  return nullptr;
}

}  // namespace tonghu::gateway
