#include "deploy/demo/story/whispers.h"

#include <fmt/core.h>

#include <memory>
#include <string>
#include <utility>

#include "libs/status/macros.h"
#include "tonghu/pairing/v1/whisper_service.grpc.pb.h"

namespace tonghu::demo {
namespace {

using namespace pairing::v1;

// What the acts share.
struct Box {
  client::Client& clients;
  const School& school;
  std::string keeper;
  std::string letter = {};  // the name of the letter that waits
};

absl::Status SetUp(Box& box) {
  PutWhisperBoxRequest request;
  request.mutable_whisper_box()->set_school(box.school.name);
  request.mutable_whisper_box()->set_keeper(box.keeper);
  ASSIGN_OR_RETURN(const auto put, box.clients.Call(&WhisperService::Stub::PutWhisperBox, request));
  fmt::print("09-07 09:00: {}: a whisper box, opened first on {}\n", box.school.display_name,
             put.next_opening_day());
  return absl::OkStatus();
}

absl::Status Open(Box& box, const std::string& text) {
  OpenWhisperBoxRequest request;
  request.set_school(box.school.name);
  request.set_keeper(box.keeper);
  if (!text.empty()) request.add_letters()->set_text(text);
  ASSIGN_OR_RETURN(const auto opened, box.clients.Call(&WhisperService::Stub::OpenWhisperBox, request));
  if (opened.letters_size() == 1) box.letter = opened.letters(0).name();
  fmt::print("{} 16:00: the whisper box is opened, {} letters\n", opened.day().substr(5),
             opened.letters_found());
  return absl::OkStatus();
}

absl::Status AnswerIt(Box& box, const std::string& answer) {
  AnswerWhisperLetterRequest request;
  request.set_name(box.letter);
  request.set_keeper(box.keeper);
  request.set_answer(answer);
  RETURN_IF_ERROR(box.clients.Call(&WhisperService::Stub::AnswerWhisperLetter, request).status());
  fmt::print("09-15 16:00: the letter is answered; nobody but its keeper reads it\n");
  return absl::OkStatus();
}

}  // namespace

std::vector<Act> WhisperActs(client::Client& clients, const Cast& cast) {
  const auto box = std::make_shared<Box>(Box{clients, cast.mining, cast.mining.children.front().teacher});
  return {{At(9, 7, 9), [box] { return SetUp(*box); }},
          {At(9, 11, 16), [box] { return Open(*box, "我想妈妈，晚上睡不着，不敢跟奶奶说。"); }},
          {At(9, 15, 16), [box] { return AnswerIt(*box, "在班会后单独谈心，约好每周给妈妈打一次电话。"); }},
          {At(9, 18, 16), [box] { return Open(*box, ""); }},
          {At(9, 28, 16), [box] { return Open(*box, ""); }}};
}

}  // namespace tonghu::demo
