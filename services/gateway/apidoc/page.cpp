#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/gateway/apidoc/documents.h"

namespace tonghu::apidoc {
namespace {

std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"\n", "<br>"}});
}

std::string Link(const std::string& ref) {
  const std::string name = ref.substr(ref.rfind('/') + 1);
  return absl::StrCat("<a href=\"#", Escaped(name), "\">", Escaped(name), "</a>");
}

// What a schema is, in a few words, with a link where it is a message.
std::string Kind(const Json& schema) {
  if (schema.contains("$ref")) return Link(schema["$ref"]);
  const std::string type = schema.value("type", "");
  if (type == "array") return absl::StrCat("list of ", Kind(schema["items"]));
  if (schema.contains("additionalProperties"))
    return absl::StrCat("map to ", Kind(schema["additionalProperties"]));
  return Escaped(
      schema.contains("format") ? absl::StrCat(type, " (", schema["format"].get<std::string>(), ")") : type);
}

std::string FirstSchema(const Json& content) { return Link(content.begin().value()["schema"]["$ref"]); }

std::string Methods(const Json& open_api) {
  std::string html;
  std::string service;
  for (const auto& [path, item] : open_api["paths"].items()) {
    const Json& operation = item["post"];
    const std::string tag = operation["tags"][0];
    if (tag != service) absl::StrAppend(&html, "<h2>", Escaped(tag), "</h2>\n");
    service = tag;
    absl::StrAppend(&html, "<section><h3>POST ", Escaped(path), "</h3>\n<p>",
                    Escaped(operation["description"].get<std::string>()), "</p>\n<p>Takes ",
                    FirstSchema(operation["requestBody"]["content"]), ", gives ",
                    FirstSchema(operation["responses"]["200"]["content"]), ". Permission <code>",
                    Escaped(operation["x-permission"].get<std::string>()), "</code>",
                    operation["x-audited"].get<bool>() ? "; each call is written to the audit" : "",
                    ".</p></section>\n");
  }
  return html;
}

std::string Events(const Json& async_api) {
  std::string html = "<h2>Events</h2>\n<table><tr><th>subject</th><th>payload</th><th></th></tr>\n";
  for (const auto& [id, channel] : async_api["channels"].items()) {
    const Json& payload = async_api["components"]["messages"][id]["payload"];
    absl::StrAppend(&html, "<tr><td><code>", Escaped(channel["address"].get<std::string>()),
                    "</code></td><td>", Kind(payload), "</td><td>",
                    Escaped(channel["description"].get<std::string>()), "</td></tr>\n");
  }
  return html + "</table>\n";
}

std::string Schemas(const Json& all) {
  std::string html = "<h2>Messages</h2>\n";
  for (const auto& [name, schema] : all.items()) {
    absl::StrAppend(&html, "<section id=\"", Escaped(name), "\"><h3>", Escaped(name), "</h3>\n<p>",
                    Escaped(schema.value("description", "")), "</p>\n");
    if (schema.contains("properties") && !schema["properties"].empty()) {
      html += "<table>\n";
      for (const auto& [field, type] : schema["properties"].items()) {
        absl::StrAppend(&html, "<tr><td><code>", Escaped(field), "</code></td><td>", Kind(type), "</td><td>",
                        Escaped(type.value("description", "")), "</td></tr>\n");
      }
      html += "</table>\n";
    }
    html += "</section>\n";
  }
  return html;
}

}  // namespace

std::string Page(const Json& open_api, const Json& async_api) {
  Json schemas = async_api["components"]["schemas"];
  schemas.update(open_api["components"]["schemas"]);
  return absl::StrCat(
      "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Tonghu API</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" "
      "href=\"/api/page.css\"></head>\n<body>\n"
      "<h1>Tonghu 童护: API</h1>\n<p>",
      Escaped(open_api["info"]["description"].get<std::string>()),
      "</p>\n<p><a href=\"/api/openapi.json\">OpenAPI</a> · <a "
      "href=\"/api/asyncapi.json\">AsyncAPI</a></p>\n",
      Methods(open_api), Events(async_api), Schemas(schemas), "</body>\n</html>\n");
}

}  // namespace tonghu::apidoc
