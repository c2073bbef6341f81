#include "libs/log/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>
#include <string_view>
#include <utility>

namespace tonghu::log {
namespace {

// The pattern's flag "%*": the message with control characters as \xNN. One record is one line, so that text
// from outside can't forge a second record.
class OneLine final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    constexpr char kHex[] = "0123456789abcdef";
    for (const char c : message.payload) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '\n') {
        Append("\\n", out);
      } else if (byte < 0x20 || byte == 0x7f) {
        const char escaped[] = {'\\', 'x', kHex[byte >> 4], kHex[byte & 0x0f]};
        Append({escaped, sizeof escaped}, out);
      } else {
        out.push_back(c);
      }
    }
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<OneLine>(); }

 private:
  static void Append(std::string_view text, spdlog::memory_buf_t& out) {
    out.append(text.data(), text.data() + text.size());
  }
};

// Escapes `name` to stand as literal text in a pattern, where % begins a flag.
std::string Literal(const std::string& name) {
  std::string literal;
  for (const char c : name) literal.append(c == '%' ? 2 : 1, c);
  return literal;
}

}  // namespace

void Init(const std::string& service, const std::string& replica, const std::string& level) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<OneLine>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l " + Literal(service) + " " +
                                                Literal(replica) + " %*");
  auto logger = std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace tonghu::log
