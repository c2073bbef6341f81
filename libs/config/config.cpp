#include "libs/config/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tonghu::config {
namespace {

constexpr size_t kMaxFileBytes = 1 << 20;

// Adds the dotted keys of all values below `table`. A table without values stands for itself, so that a
// misspelt empty table is found too.
void CollectKeys(const toml::table& table, const std::string& prefix, std::set<std::string>& keys) {
  for (const auto& [name, node] : table) {
    const std::string key = fmt::format("{}{}", prefix, name.str());
    const toml::table* below = node.as_table();
    if (below != nullptr && !below->empty()) {
      CollectKeys(*below, key + ".", keys);
    } else {
      keys.insert(key);
    }
  }
}

}  // namespace

struct Reader::State {
  std::string source;  // "pairing.toml: " before every fault, or nothing
  toml::table root;
  std::set<std::string> asked;
  absl::Status fault;

  // The node at `key`, which counts as asked for; null when absent.
  const toml::node* Find(std::string_view key) {
    asked.emplace(key);
    const toml::table* table = &root;
    for (size_t dot = key.find('.'); table != nullptr && dot != key.npos; dot = key.find('.')) {
      const toml::node* below = table->get(key.substr(0, dot));
      table = below == nullptr ? nullptr : below->as_table();
      key.remove_prefix(dot + 1);
    }
    return table == nullptr ? nullptr : table->get(key);
  }

  // The first fault counts: later ones often follow from it.
  void Fail(std::string_view key, const toml::node* node, std::string_view what) {
    if (!fault.ok()) return;
    // The value itself stays out of the text: a setting may be a password.
    const std::string line = node == nullptr ? "" : fmt::format(" (line {})", node->source().begin.line);
    fault = absl::InvalidArgumentError(fmt::format("{}{}{} {}", source, key, line, what));
  }
};

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

absl::StatusOr<Reader> Reader::Open(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return absl::NotFoundError(absl::StrCat("can't open settings file ", path, ": ", std::strerror(errno)));
  // One byte more than allowed tells a file that is too large.
  std::string text(kMaxFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return absl::NotFoundError(absl::StrCat("can't read settings file ", path));
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kMaxFileBytes)
    return absl::InvalidArgumentError(absl::StrCat(path, ": larger than 1 MiB"));
  auto reader = Parse(text);
  if (!reader.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", reader.status().message()));
  reader->state_->source = absl::StrCat(path, ": ");
  return reader;
}

absl::StatusOr<Reader> Reader::Parse(std::string_view text) {
  auto state = std::make_unique<State>();
  try {  // Debian's library is built with exceptions
    state->root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    return absl::InvalidArgumentError(
        fmt::format("not TOML at line {}, column {}: {}", at.line, at.column, error.description()));
  }
  return Reader(std::move(state));
}

std::string Reader::String(std::string_view key) {
  const toml::node* node = state_->Find(key);
  std::string value;
  if (node == nullptr) {
    state_->Fail(key, nullptr, "is missing");
  } else if (!node->is_string()) {
    state_->Fail(key, node, "must be text in quotes");
  } else if (value = node->as_string()->get(); value.empty()) {
    state_->Fail(key, node, "must not be empty");
  }
  // After a fault no value is of use any more: the program does not start.
  return state_->fault.ok() ? value : std::string();
}

std::string Reader::String(std::string_view key, std::string_view otherwise) {
  const toml::node* node = state_->Find(key);
  if (node != nullptr && !node->is_string()) state_->Fail(key, node, "must be text in quotes");
  if (node == nullptr || !state_->fault.ok()) return std::string(otherwise);
  return node->as_string()->get();
}

int64_t Reader::Int(std::string_view key, int64_t otherwise, int64_t min, int64_t max) {
  const toml::node* node = state_->Find(key);
  if (node == nullptr) return otherwise;
  const auto* integer = node->as_integer();
  if (integer == nullptr || integer->get() < min || integer->get() > max) {
    const std::string found = integer == nullptr ? "" : fmt::format(", not {}", integer->get());
    state_->Fail(key, node, fmt::format("must be a whole number from {} to {}{}", min, max, found));
  }
  return state_->fault.ok() ? integer->get() : otherwise;
}

bool Reader::Bool(std::string_view key, bool otherwise) {
  const toml::node* node = state_->Find(key);
  if (node == nullptr) return otherwise;
  if (!node->is_boolean()) state_->Fail(key, node, "must be true or false");
  return state_->fault.ok() ? node->as_boolean()->get() : otherwise;
}

absl::Duration Reader::Duration(std::string_view key, absl::Duration otherwise, absl::Duration min,
                                absl::Duration max) {
  const toml::node* node = state_->Find(key);
  if (node == nullptr) return otherwise;
  absl::Duration value;
  if (!node->is_string() || !absl::ParseDuration(node->as_string()->get(), &value) || value < min ||
      value > max) {
    state_->Fail(key, node,
                 fmt::format("must be a time such as \"250ms\" or \"5s\", from {} to {}",
                             absl::FormatDuration(min), absl::FormatDuration(max)));
  }
  return state_->fault.ok() ? value : otherwise;
}

std::vector<std::string> Reader::Keys(std::string_view table) {
  const toml::node* node = state_->Find(table);
  std::vector<std::string> names;
  if (node == nullptr) return names;
  if (!node->is_table()) {
    state_->Fail(table, node, "must be a table");
    return names;
  }
  for (const auto& [name, value] : *node->as_table()) names.emplace_back(name.str());
  return names;
}

absl::Status Reader::Fault() const { return state_->fault; }

absl::Status Reader::Finish() const {
  if (!state_->fault.ok()) return state_->fault;
  std::set<std::string> unknown;
  CollectKeys(state_->root, "", unknown);
  // What no code asked for is a misspelt setting.
  for (const std::string& key : state_->asked) unknown.erase(key);
  if (unknown.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(state_->source, "unknown settings: ", absl::StrJoin(unknown, ", ")));
}

}  // namespace tonghu::config
