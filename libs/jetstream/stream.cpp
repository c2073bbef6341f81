// Streams and consumers through JetStream's JSON API: libnats 3.4.1 has no consumers with several filters.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/jetstream/jetstream.h"
#include "libs/jetstream/nats_connection.h"
#include "nlohmann/json.hpp"

namespace tonghu::jetstream {
namespace {

using nlohmann::json;

// Of one question to JetStream: a frozen server must not hold up a relay or a consumer for longer.
constexpr absl::Duration kApiTimeout = absl::Seconds(2);
constexpr int kAttempts = 4;  // another process may make or remove the same thing in between
constexpr int kStreamNotFound = 10059;
constexpr int kConsumerNotFound = 10014;
constexpr int kStreamExists = 10058;
constexpr int kConsumerExists = 10148;

struct Answer {
  json body;
  int error = 0;  // JetStream's own number, 0 for none
  absl::Status status;
};

// Calls JetStream's API. A refusal keeps JetStream's own number, which tells an absent thing from other
// errors.
Answer Call(Connection& connection, const std::string& api, const json& body) {
  Answer answer;
  auto text =
      connection.Request(absl::StrCat("$JS.API.", api), body.is_null() ? "" : body.dump(), kApiTimeout);
  if (!text.ok()) {
    answer.status = text.status();
    return answer;
  }
  answer.body = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!answer.body.is_object()) {
    answer.status = absl::UnavailableError(absl::StrCat(api, ": answer is not JSON"));
    return answer;
  }
  const auto error = answer.body.find("error");
  if (error == answer.body.end() || !error->is_object()) return answer;
  answer.error = error->value("err_code", -1);
  const std::string why = absl::StrCat(api, ": ", error->value("description", "refused"));
  switch (error->value("code", 0)) {
    case 404:
      answer.status = absl::NotFoundError(why);
      break;
    case 503:
      answer.status = absl::UnavailableError(why);
      break;
    default:
      answer.status = absl::FailedPreconditionError(why);
      break;
  }
  return answer;
}

// The settings in an answer; an empty object when there are none.
json ConfigIn(const Answer& answer) {
  const auto config = answer.body.find("config");
  return config != answer.body.end() && config->is_object() ? *config : json::object();
}

// The settings of every stream of ours. num_replicas is not among them: a stream starts with 1 and an
// operator may raise it.
json StreamConfig(const StreamSettings& s) {
  return {{"name", s.name},
          {"subjects", s.subjects},
          {"retention", "limits"},
          {"storage", "file"},
          // A full stream drops its oldest messages: the relay never waits for a late consumer, which then
          // reads the journal.
          {"discard", "old"},
          {"max_age", 0},
          {"max_bytes", s.max_bytes},
          {"max_msgs", -1},
          {"duplicate_window", absl::ToInt64Nanoseconds(s.duplicate_window)},
          {"allow_direct", true}};
}

// The texts of a list in the settings; none when it is missing.
std::set<std::string> Strings(const json& config, const char* key) {
  std::set<std::string> out;
  const auto list = config.find(key);
  if (list == config.end() || !list->is_array()) return out;
  for (const auto& item : *list) {
    if (item.is_string()) out.insert(item.get<std::string>());
  }
  return out;
}

// Whether `have` says all that `want` says; lists are compared as sets.
bool Covers(const json& have, const json& want) {
  return std::all_of(want.items().begin(), want.items().end(), [&have](const auto& item) {
    if (item.value().is_array()) {
      const auto& list = item.value();
      std::set<std::string> wanted;
      for (const auto& s : list) wanted.insert(s.template get<std::string>());
      return Strings(have, item.key().c_str()) == wanted;
    }
    const auto found = have.find(item.key());
    return found != have.end() && *found == item.value();
  });
}

// The settings of every durable consumer of ours.
json ConsumerConfig(const ConsumerSettings& s) {
  json config = {{"durable_name", s.durable},
                 {"name", s.durable},
                 {"deliver_policy", "all"},
                 {"ack_policy", "all"},
                 {"replay_policy", "instant"},
                 // The bus never gives a message up: what fails too often is put in quarantine by the reader.
                 {"max_deliver", -1},
                 {"ack_wait", absl::ToInt64Nanoseconds(s.ack_wait)},
                 {"max_ack_pending", s.max_ack_pending}};
  // A single filter does not go by filter_subjects: nats-server 2.10.27 then searches every block anew for
  // each message, and delivers 1,000 a second instead of 60,000 from a stream of 300,000 with many subjects.
  if (s.filter_subjects.size() == 1) {
    config["filter_subject"] = s.filter_subjects.front();
  } else if (!s.filter_subjects.empty()) {
    config["filter_subjects"] = s.filter_subjects;
  }
  return config;
}

// The filters, in whichever of the two forms they are written.
std::set<std::string> FiltersIn(const json& config) {
  std::set<std::string> filters = Strings(config, "filter_subjects");
  if (const std::string one = config.value("filter_subject", ""); !one.empty()) filters.insert(one);
  return filters;
}

// A consumer must be made anew where an update is not enough: changed filters would apply to later messages
// only, and the two policies can't be changed at all.
bool NeedsMakingAnew(const json& have, const ConsumerSettings& want) {
  return FiltersIn(have) != std::set<std::string>(want.filter_subjects.begin(), want.filter_subjects.end()) ||
         // The slow form of one filter, see above.
         (want.filter_subjects.size() == 1 && have.contains("filter_subjects")) ||
         have.value("ack_policy", "") != "all" || have.value("deliver_policy", "") != "all" ||
         have.contains("deliver_subject");
}

// Whether the limits that an update may change are as wanted.
bool SameLimits(const json& have, const json& want) {
  return have.value("ack_wait", int64_t{-1}) == want["ack_wait"] &&
         have.value("max_ack_pending", int64_t{-1}) == want["max_ack_pending"] &&
         have.value("max_deliver", int64_t{-1}) == want["max_deliver"];
}

// Whether JetStream takes the text for the name of a stream or consumer: one word without separators or
// wildcards.
bool IsName(const std::string& name) {
  return IsProtocolWord(name) && name.find_first_of(".*>/\\") == std::string::npos;
}

}  // namespace

absl::Status EnsureStream(Connection& connection, const StreamSettings& settings) {
  if (!IsName(settings.name) || settings.subjects.empty()) {
    return absl::InvalidArgumentError("stream: needs a name without dots and a subject");
  }
  const json want = StreamConfig(settings);
  absl::Status last;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    // Looked at first: nearly always all is as wanted, and nothing is changed.
    Answer answer = Call(connection, absl::StrCat("STREAM.INFO.", settings.name), nullptr);
    if (answer.error == kStreamNotFound) {
      json config = want;
      config["num_replicas"] = 1;
      answer = Call(connection, absl::StrCat("STREAM.CREATE.", settings.name), config);
      if (answer.status.ok() || answer.error != kStreamExists) return answer.status;
    } else if (!answer.status.ok()) {
      return answer.status;
    } else {
      json config = ConfigIn(answer);
      if (Covers(config, want)) return absl::OkStatus();
      // What an operator set besides is kept.
      config.update(want);
      answer = Call(connection, absl::StrCat("STREAM.UPDATE.", settings.name), config);
      if (answer.status.ok() || answer.error != kStreamNotFound) return answer.status;
    }
    last = answer.status;  // made or removed in between: look again
  }
  return last;
}

absl::Status EnsureConsumer(Connection& connection, const ConsumerSettings& settings) {
  if (!IsName(settings.stream) || !IsName(settings.durable)) {
    return absl::InvalidArgumentError("consumer: needs a stream and a durable name without dots");
  }
  const std::string at = absl::StrCat(settings.stream, ".", settings.durable);
  const json config = ConsumerConfig(settings);
  const json create = {{"stream_name", settings.stream}, {"config", config}};
  absl::Status last;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Answer answer = Call(connection, absl::StrCat("CONSUMER.INFO.", at), nullptr);
    if (answer.status.ok()) {
      const json have = ConfigIn(answer);
      if (NeedsMakingAnew(have, settings)) {
        answer = Call(connection, absl::StrCat("CONSUMER.DELETE.", at), nullptr);
        if (!answer.status.ok() && answer.error != kConsumerNotFound) return answer.status;
      } else if (SameLimits(have, config)) {
        return absl::OkStatus();
      }
    } else if (answer.error != kConsumerNotFound) {
      return answer.status;
    }
    answer = Call(connection, absl::StrCat("CONSUMER.CREATE.", at), create);
    if (answer.status.ok() || answer.error != kConsumerExists) return answer.status;
    last = answer.status;  // made otherwise in between: look again
  }
  return last;
}

}  // namespace tonghu::jetstream
