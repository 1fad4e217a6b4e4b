using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>The code that the provider ran in an answer: each piece becomes an item when its output is there. Not thread-safe.</summary>
internal sealed class CodeTable(ResponsesToAnthropicRequest attempt, ResponsesStream stream) : IDisposable
{
    private readonly List<Run> _all = [];

    /// <summary>Whether a call is one of code: a program, or a command of its shell. Its editor's are not.</summary>
    public static bool IsCode(JsonView name) => name.Is("code_execution"u8) || name.Is("bash_code_execution"u8);

    /// <summary>Whether a block is what code put out.</summary>
    public static bool IsOutput(JsonView type) => type.Is("code_execution_tool_result"u8) || type.Is("bash_code_execution_tool_result"u8);

    /// <summary>A call starts.</summary>
    public void Start(long index, JsonView content)
    {
        var run = new Run(index, content["id"u8].Raw.ToArray());
        if (content["input"u8] is { IsObject: true, IsEmpty: false } input) run.Input.Append(input.Raw);
        _all.Add(run);
    }

    /// <summary>Takes a piece of the code; false when the block is none.</summary>
    public bool Delta(long index, JsonView delta)
    {
        if (Find(index) is not { } run || !delta["type"u8].Is("input_json_delta"u8)) return false;
        _ = delta["partial_json"u8].TryAppendPlain(run.Input);
        return true;
    }

    /// <summary>The code is complete, and runs; false when the block is none.</summary>
    public bool Stop(long index)
    {
        if (Find(index) is not { } run) return false;
        run.Index = -1;
        return true;
    }

    /// <summary>Tells of the code that this is the output of.</summary>
    public void Output(JsonView content)
    {
        foreach (var run in _all)
        {
            if (run.IsDone || !content["tool_use_id"u8].Raw.SequenceEqual(run.Id)) continue;
            run.IsDone = true;
            var hasInput = JsonView.TryParse(run.Input.Written, out var input);
            var code = hasInput && input["code"u8].IsString ? input["code"u8] : hasInput ? input["command"u8] : default;
            var result = content["content"u8];
            using var logs = new PooledBuffer();
            logs.Append(result["stdout"u8].Escaped);
            logs.Append(result["stderr"u8].Escaped);
            stream.AddCode(code.Escaped, logs.Written, attempt.WantsOutputs, isError: result["error_code"u8].IsString);
            return;
        }

        attempt.Lose(ResponsesLosses.StreamUnknown);
    }

    /// <summary>The answer ends: code whose output is not there, at which it paused, is not told.</summary>
    public void StopAll()
    {
        foreach (var run in _all) attempt.Lose(ResponsesToAnthropicLosses.ServerTool, !run.IsDone);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var run in _all) run.Input.Dispose();
        _all.Clear();
    }

    private Run? Find(long index)
    {
        foreach (var run in _all)
        {
            if (run.Index == index && index >= 0) return run;
        }

        return null;
    }

    private sealed class Run(long index, byte[] id)
    {
        public long Index { get; set; } = index;

        public byte[] Id { get; } = id;

        public PooledBuffer Input { get; } = new();

        public bool IsDone { get; set; }
    }
}
