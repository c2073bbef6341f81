// Messages that are filled in again and again without new allocations.
#pragma once

namespace tonghu::journal {

// An empty message that keeps the memory of the ones before it: a message of its own for each event would
// cost more than filling it in. One a thread and type, valid until the thread's next Scratch of the type.
template <class Message>
Message& Scratch() {
  thread_local Message message;
  message.Clear();
  return message;
}

}  // namespace tonghu::journal
