#!/bin/sh
# A stand-in for the claude program: it reads and writes the same lines and does what the last message tells it in brackets.
# Every line that it reads is kept in the file seen-<its id> of its working folder.
# [call a b]   calls these tools, waits for their results, and then answers      [die]    ends at once, with words on standard error
# [fail 429]   tells an error of the vendor's                                    [silent] ends its turn without an answer
# [empty]      an answer with nothing in it                                      [odd]    says things of tomorrow before it answers
# [stubborn]   begins to answer, then neither listens nor ends, nor does a child [twice]  begins its answer a second time
# [quote]      refuses, quoting what it was given
# [runaway]    begins to answer, with a child in a session of its own that holds its output and is named in the file runaway-<its id>
# [hang]       never answers                                                     [lone]   goes on by itself behind its answer
# [anew]       begins its answer a second time before there was anything in it   [refuse] an answer with nothing in it but a refusal
# [half]       ends an answer by itself whose end it never got
# [limit 5h 0.4 allowed]   tells limits: window, share used, status; answers, or refuses where it is rejected
# [weary a]    as [limit five_hour 1 rejected] where the account, the last part of its configuration folder, is one of these; else answers
# [locked a]   as [fail 401] where the account is one of these; else answers
# Asked for its version it prints the file version of its configuration folder, asked for its login the file login; what it was started with is kept in started-<its id>.
if [ "$1" = --version ]; then cat "$CLAUDE_CONFIG_DIR/version" 2>/dev/null || echo '2.1.400 (Claude Code)'; exit 0; fi
if [ "$1" = auth ]; then cat "$CLAUDE_CONFIG_DIR/login" 2>/dev/null; exit 0; fi
{ printf '%s\n' "$*"; env; } >"started-$$"
account=${CLAUDE_CONFIG_DIR##*/}
# An hour after the tests' clock begins.
reset=1795266000
turn=0
say() { printf '%s\n' "$1"; }
event() { say "{\"type\":\"stream_event\",\"event\":$1,\"session_id\":\"s\",\"parent_tool_use_id\":null}"; }
begin() { turn=$((turn + 1)); event "{\"type\":\"message_start\",\"message\":{\"id\":\"msg_$$_$turn\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}"; }
text() {
  event '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}'
  event "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"$1\"}}"
  event '{"type":"content_block_stop","index":0}'
}
finish() { event "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"$1\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":7}}"; event '{"type":"message_stop"}'; }
result() { say '{"num_turns":1,"is_error":false,"result":"ok","type":"result","subtype":"success","usage":{"output_tokens":999}}'; }
answer() { begin; text "answer $turn of $$"; finish end_turn; result; }
fail() {
  say '{"type":"assistant","message":{"model":"<synthetic>","content":[{"type":"text","text":"API Error"}]}}'
  say "{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":$1,\"result\":\"API Error\"}"
}
hear() { IFS= read -r line && printf '%s\n' "$line" >>"seen-$$"; }
between() { rest=${1#*"$2"}; printf '%s' "${rest%%"$3"*}"; }
limit() {
  say "{\"type\":\"rate_limit_event\",\"rate_limit_info\":{\"status\":\"$3\",\"resetsAt\":$reset,\"rateLimitType\":\"$1\",\"isUsingOverage\":false,\"unifiedWindows\":{\"$1\":{\"utilization\":$2,\"resetsAt\":$reset,\"status\":\"$3\"}}}}"
  if [ "$3" = rejected ]; then say '{"type":"result","subtype":"success","is_error":true,"api_error_status":429,"result":"limit reached"}'; else begin; text "by $account"; finish end_turn; result; fi
}
call() {
  begin
  index=0
  for name in $1; do
    event "{\"type\":\"content_block_start\",\"index\":$index,\"content_block\":{\"type\":\"tool_use\",\"id\":\"toolu_$$_${turn}_$name\",\"name\":\"mcp__oc__$name\",\"input\":{}}}"
    event "{\"type\":\"content_block_stop\",\"index\":$index}"
    index=$((index + 1))
  done
  finish tool_use
  for name in $1; do
    say "{\"type\":\"control_request\",\"request_id\":\"call-$name\",\"request\":{\"subtype\":\"mcp_message\",\"server_name\":\"oc\",\"message\":{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"$name\",\"arguments\":{},\"_meta\":{\"claudecode/toolUseId\":\"toolu_$$_${turn}_$name\"}}}}}"
  done
  for name in $1; do
    while hear; do
      case $line in
        *'"subtype":"interrupt"'*)
          # As the program does: it tells of each call that it gives up, and wants an answer to that too.
          say '{"type":"control_request","request_id":"cancel","request":{"subtype":"mcp_message","server_name":"oc","message":{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}}}'
          say '{"type":"result","subtype":"error_during_execution","is_error":true,"errors":["interrupted"]}'; exit 1 ;;
        *mcp_response*) break ;;
      esac
    done
  done
  answer
}
while hear; do
  case $line in
    *control_request*) say "{\"type\":\"control_response\",\"response\":{\"subtype\":\"success\",\"request_id\":\"$(between "$line" '"request_id":"' '"')\"}}" ;;
    *'"type":"assistant"'*) ;;
    *'"shouldQuery":false'*) say '{"type":"result","subtype":"success","is_error":false,"num_turns":0}' ;;
    *'[call '*) call "$(between "$line" '[call ' ']')" ;;
    *'[fail '*) fail "$(between "$line" '[fail ' ']')" ;;
    *'[locked '*)
      case " $(between "$line" '[locked ' ']') " in
        *" $account "*) fail 401 ;;
        *) begin; text "by $account"; finish end_turn; result ;;
      esac ;;
    *'[limit '*)
      set -- $(between "$line" '[limit ' ']')
      limit "$1" "$2" "$3" ;;
    *'[weary '*)
      case " $(between "$line" '[weary ' ']') " in
        *" $account "*) limit five_hour 1 rejected ;;
        *) begin; text "by $account"; finish end_turn; result ;;
      esac ;;
    *'[quote]'*) say "{\"type\":\"result\",\"subtype\":\"success\",\"is_error\":true,\"api_error_status\":400,\"result\":\"bad key $ANTHROPIC_API_KEY$CLAUDE_CODE_OAUTH_TOKEN\"}" ;;
    *'[die]'*) echo "went down" >&2; exit 3 ;;
    *'[silent]'*) result ;;
    *'[empty]'*) begin; finish end_turn; result ;;
    *'[odd]'*)
      say '{"type":"of_tomorrow","a":{"b":[1]}}'
      say 'no JSON at all'
      say '{"type":"stream_event","event":{"type":"message_start","message":{"id":"agent"}},"parent_tool_use_id":"toolu_agent"}'
      say '{"type":"rate_limit_event","rate_limit_info":{}}'
      answer ;;
    *'[stubborn]'*) trap '' TERM INT HUP; begin; text "stuck"; (sleep 300) & while :; do sleep 300; done ;;
    *'[runaway]'*) setsid sh -c "echo \$\$ >runaway-$$.new; mv runaway-$$.new runaway-$$; exec sleep 300" & begin; text "away" ;;
    *'[twice]'*) begin; text one; answer ;;
    *'[anew]'*) begin; answer ;;
    *'[half]'*) begin; text half; event '{"type":"message_stop"}'; result ;;
    *'[refuse]'*) begin; finish refusal; result ;;
    *'[hang]'*) ;;
    *'[lone]'*) answer; begin; text more; finish end_turn; result ;;
    *) answer ;;
  esac
done
