#include "absl/strings/str_cat.h"
#include "services/gateway/apidoc/documents.h"

namespace tonghu::apidoc {
namespace {

constexpr char kAbout[] =
    "The calls of Tonghu as the Connect protocol carries them over HTTP: POST with a message in JSON or in "
    "protobuf's binary "
    "form. Programs send an API key as `Authorization: Bearer ...`; browsers have a session's cookie. "
    "Streams use the "
    "Connect protocol's envelopes. An error is an object with `code`, `message` and `details`, among them "
    "the reason and a "
    "Chinese sentence.";

Json Content(const google::protobuf::Descriptor& message, bool stream, Json& schemas) {
  AddSchema(message, schemas);
  const Json schema = {{"schema", {{"$ref", "#/components/schemas/" + message.full_name()}}}};
  return {{stream ? "application/connect+json" : "application/json", schema}};
}

Json Operation(const Offered& offered, Json& schemas) {
  const auto& method = *offered.method;
  const bool stream = method.client_streaming() || method.server_streaming();
  const std::string comment = CommentOf(method);
  Json operation = {{"operationId", method.full_name()},
                    {"tags", Json::array({method.service()->full_name()})},
                    {"summary", comment.substr(0, comment.find(". "))},
                    {"description", comment}};
  operation["x-permission"] = offered.rule.permission();
  operation["x-audited"] = offered.rule.audited();
  operation["requestBody"] = {{"required", true},
                              {"content", Content(*method.input_type(), stream, schemas)}};
  operation["responses"]["200"] = {{"description", CommentOf(*method.output_type())},
                                   {"content", Content(*method.output_type(), stream, schemas)}};
  operation["responses"]["default"] = {{"$ref", "#/components/responses/Error"}};
  const bool anybody = offered.rule.session() == api::v1::SESSION_EFFECT_OPENS;
  operation["security"] =
      anybody ? Json::array() : Json::array({{{"apiKey", Json::array()}}, {{"session", Json::array()}}});
  return operation;
}

Json ErrorSchema() {
  const Json text = {{"type", "string"}};
  const Json detail = {
      {"type", "object"},
      {"properties",
       {{"type", {{"type", "string"}, {"description", "The detail's message: google.rpc.ErrorInfo."}}},
        {"value", {{"type", "string"}, {"description", "The message's bytes, base64 without padding."}}},
        {"debug", {{"type", "object"}, {"description", "The message in JSON."}}}}}};
  return {{"type", "object"},
          {"description", "An error as the Connect protocol writes it."},
          {"properties",
           {{"code",
             {{"type", "string"}, {"examples", {"invalid_argument", "permission_denied", "unavailable"}}}},
            {"message", text},
            {"details", {{"type", "array"}, {"items", detail}}}}}};
}

}  // namespace

Json OpenApi(const Files& files) {
  Json document = {{"openapi", "3.1.0"},
                   {"info", {{"title", "Tonghu 童护"}, {"version", "1"}, {"description", kAbout}}}};
  Json schemas = Json::object();
  for (const Offered& offered : OfferedMethods(files)) {
    const auto& method = *offered.method;
    const std::string path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
    // What every service has is asked for behind the service's name.
    const bool everybodys = method.file()->package() == "tonghu.journal.v1";
    Json& item = document["paths"][everybodys ? "/{service}" + path : path];
    item["post"] = Operation(offered, schemas);
    if (everybodys) {
      item["parameters"] = Json::array({{{"name", "service"},
                                         {"in", "path"},
                                         {"required", true},
                                         {"schema", {{"type", "string"}, {"examples", {"pairing"}}}}}});
    }
  }
  schemas["connect.Error"] = ErrorSchema();
  const Json error = {{"schema", {{"$ref", "#/components/schemas/connect.Error"}}}};
  document["components"]["schemas"] = std::move(schemas);
  document["components"]["responses"]["Error"] = {{"description", "The call was refused, or failed."},
                                                  {"content", {{"application/json", error}}}};
  document["components"]["securitySchemes"] = {
      {"apiKey",
       {{"type", "http"}, {"scheme", "bearer"}, {"description", "An API key of a program's account."}}},
      {"session",
       {{"type", "apiKey"},
        {"in", "cookie"},
        {"name", "tonghu_session"},
        {"description", "A person's session."}}}};
  return document;
}

}  // namespace tonghu::apidoc
