using System.Buffers;
using System.Globalization;
using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Sse;

namespace Gatehouse.Dialects.Errors;

/// <summary>Writes errors and keep-alives in the form each dialect's clients parse.</summary>
public static class DialectErrors
{
    // A comment would do for the wire, but Claude Code's watchdog counts only real events.
    private static readonly byte[] Ping = "event: ping\ndata: {\"type\": \"ping\"}\n\n"u8.ToArray();
    private static readonly byte[] Comment = ": keep-alive\n\n"u8.ToArray();

    /// <summary>Writes an error body. Anthropic: <c>{"type":"error","error":{"type","message"},"request_id"}</c>; OpenAI: <c>{"error":{"message","type","param","code"}}</c>; further details stand behind these members.</summary>
    public static void WriteBody(IBufferWriter<byte> output, Dialect dialect, DialectError error, string? requestId)
    {
        if (dialect == Dialect.Anthropic)
            WriteAnthropic(output, error, requestId);
        else
            WriteOpenAi(output, dialect, error);
    }

    /// <summary>
    /// Writes the event that ends a stream badly. Anthropic: <c>event: error</c>; Chat: <c>data: {"error":…}</c>; Responses:
    /// <c>event: error</c> with <c>type</c>, <c>code</c>, <c>message</c>, <c>param</c> and the next <c>sequence_number</c>.
    /// </summary>
    public static void WriteStreamError(IBufferWriter<byte> output, Dialect dialect, DialectError error, string? requestId, long sequenceNumber)
    {
        var data = new ArrayBufferWriter<byte>(256);
        switch (dialect)
        {
            case Dialect.Anthropic:
                WriteAnthropic(data, error, requestId);
                SseWriter.WriteEvent(output, "error"u8, data.WrittenSpan);
                break;
            case Dialect.OpenAiChat:
                WriteOpenAi(data, dialect, error);
                SseWriter.WriteData(output, data.WrittenSpan);
                break;
            default:
                WriteResponsesEvent(data, error, sequenceNumber);
                SseWriter.WriteEvent(output, "error"u8, data.WrittenSpan);
                break;
        }
    }

    /// <summary>A whole keep-alive event: a real <c>ping</c> for Anthropic, a comment for the OpenAI dialects. May stand at any event boundary.</summary>
    public static ReadOnlyMemory<byte> KeepAlive(Dialect dialect) => dialect == Dialect.Anthropic ? Ping : Comment;

    private static void WriteAnthropic(IBufferWriter<byte> output, DialectError error, string? requestId)
    {
        output.Write("{\"type\":\"error\",\"error\":{\"type\":"u8);
        WriteString(output, ErrorWords.Anthropic(error.Kind));
        output.Write(",\"message\":"u8);
        WriteString(output, error.Message);
        WriteDetails(output, error);
        output.Write("}"u8);
        if (requestId is not null)
        {
            output.Write(",\"request_id\":"u8);
            WriteString(output, requestId);
        }

        output.Write("}"u8);
    }

    private static void WriteOpenAi(IBufferWriter<byte> output, Dialect dialect, DialectError error)
    {
        var (type, code) = ErrorWords.OpenAi(error.Kind, dialect);
        output.Write("{\"error\":{\"message\":"u8);
        WriteString(output, error.Message);
        output.Write(",\"type\":"u8);
        WriteString(output, type);
        output.Write(",\"param\":"u8);
        WriteString(output, error.Param);
        output.Write(",\"code\":"u8);
        WriteString(output, error.Code ?? code);
        WriteDetails(output, error);
        output.Write("}}"u8);
    }

    private static void WriteDetails(IBufferWriter<byte> output, DialectError error)
    {
        if (error.Details.IsEmpty) return;
        output.Write(","u8);
        output.Write(error.Details.Span);
    }

    private static void WriteResponsesEvent(IBufferWriter<byte> output, DialectError error, long sequenceNumber)
    {
        var (type, code) = ErrorWords.OpenAi(error.Kind);
        output.Write("{\"type\":\"error\",\"code\":"u8);
        WriteString(output, error.Code ?? code ?? type);
        output.Write(",\"message\":"u8);
        WriteString(output, error.Message);
        output.Write(",\"param\":"u8);
        WriteString(output, error.Param);
        output.Write(",\"sequence_number\":"u8);
        output.Write(Encoding.UTF8.GetBytes(sequenceNumber.ToString(CultureInfo.InvariantCulture)));
        output.Write("}"u8);
    }

    private static void WriteString(IBufferWriter<byte> output, string? text)
    {
        if (text is null)
        {
            output.Write("null"u8);
            return;
        }

        output.Write("\""u8);
        JsonText.WriteEscaped(output, Encoding.UTF8.GetBytes(text));
        output.Write("\""u8);
    }
}
