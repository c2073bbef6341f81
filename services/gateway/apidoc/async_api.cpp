#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/gateway/apidoc/documents.h"

namespace tonghu::apidoc {
namespace {

// "alert_raised" for AlertRaised.
std::string TypeOf(const std::string& name) {
  std::string type;
  for (const char c : name) {
    if (absl::ascii_isupper(c) && !type.empty()) type.push_back('_');
    type.push_back(absl::ascii_tolower(c));
  }
  return type;
}

// The events of a file, by the event's type: the messages that no other message of the file holds.
std::map<std::string, const google::protobuf::Descriptor*> EventsOf(
    const google::protobuf::FileDescriptor& file) {
  std::map<std::string, const google::protobuf::Descriptor*> events;
  for (int i = 0; i < file.message_type_count(); ++i)
    events[TypeOf(file.message_type(i)->name())] = file.message_type(i);
  for (int i = 0; i < file.message_type_count(); ++i) {
    for (int k = 0; k < file.message_type(i)->field_count(); ++k) {
      const auto* held = file.message_type(i)->field(k)->message_type();
      if (held != nullptr && held->file() == &file) events.erase(TypeOf(held->name()));
    }
  }
  return events;
}

}  // namespace

Json AsyncApi(const Files& files) {
  Json document = {
      {"asyncapi", "3.0.0"},
      {"info",
       {{"title", "Tonghu 童护: events"},
        {"version", "1"},
        {"description",
         "The events on the bus (NATS JetStream, stream TONGHU), inside the private network only. A "
         "message's "
         "body is a run of events of one county and type, with their keys, times and positions; the schemas "
         "here are those of the events' payloads, in protobuf's binary form."}}},
      {"defaultContentType", "application/x-protobuf"}};
  Json schemas = Json::object();
  for (const auto* file : files) {
    if (!HoldsEvents(*file)) continue;
    const std::vector<std::string> package = absl::StrSplit(file->package(), '.');
    const std::string producer = package[1] == "journal" ? "{producer}" : package[1];
    for (const auto& [type, message] : EventsOf(*file)) {
      AddSchema(*message, schemas);
      const std::string id = absl::StrCat(package[1], ".", type);
      Json& channel = document["channels"][id];
      channel = {{"address", absl::StrCat("tonghu.v1.", producer, ".{shard}.{county}.", type)},
                 {"description", CommentOf(*message)}};
      channel["messages"][type] = {{"$ref", "#/components/messages/" + id}};
      channel["parameters"] = {{"shard", {{"description", "The shard of the producer's journal."}}},
                               {"county", {{"description", "The county's code, six digits."}}}};
      if (producer == "{producer}") channel["parameters"]["producer"] = {{"description", "The service."}};
      document["operations"]["publish." + id] = {
          {"action", "send"}, {"channel", {{"$ref", "#/channels/" + id}}}, {"summary", CommentOf(*message)}};
      document["components"]["messages"][id] = {
          {"name", message->full_name()},
          {"payload", {{"$ref", "#/components/schemas/" + message->full_name()}}}};
    }
  }
  document["components"]["schemas"] = std::move(schemas);
  return document;
}

}  // namespace tonghu::apidoc
