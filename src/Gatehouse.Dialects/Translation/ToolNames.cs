using System.Security.Cryptography;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>What a client's tool is, so that a call of it comes back as the right kind of item.</summary>
internal enum ToolKind : byte
{
    /// <summary>A function with a JSON schema.</summary>
    Function,

    /// <summary>A free-form tool (<c>type: custom</c>): its only argument is text. Carried as a function with one string argument.</summary>
    Custom,

    /// <summary>Codex's and the Responses API's <c>local_shell</c>.</summary>
    LocalShell,

    /// <summary>Codex's <c>tool_search</c>, answered by the client.</summary>
    ToolSearch,

    /// <summary>The Responses API's <c>shell</c>, run by the client.</summary>
    Shell,

    /// <summary>The Responses API's <c>apply_patch</c>, run by the client.</summary>
    ApplyPatch,

    /// <summary>The provider's own search of the web.</summary>
    WebSearch,

    /// <summary>An MCP server whose tools the provider calls itself.</summary>
    Mcp,

    /// <summary>Code that the provider runs itself.</summary>
    CodeExecution,

    /// <summary>A tool that we put in to make the model answer in a given format.</summary>
    OutputFormat,
}

/// <summary>One tool as the upstream knows it and as the client does.</summary>
/// <param name="Sent">The name that the upstream gets: letters, digits, <c>_</c> and <c>-</c>.</param>
/// <param name="Name">The client's name, plain.</param>
/// <param name="Namespace">The namespace that the client's tool stands in, or null.</param>
/// <param name="Kind">What it is.</param>
internal sealed record ToolName(byte[] Sent, byte[] Name, byte[]? Namespace, ToolKind Kind);

/// <summary>
/// The tools of one attempt under both names. Names that the upstream would refuse (too long, other characters, a namespace) are replaced by
/// deterministic ones, and calls of them are given back to the client under its own. One per attempt, not thread-safe.
/// </summary>
internal sealed class ToolNames(int longest)
{
    /// <summary>More tools than any model is given. They are looked for one by one: a body full of names would keep a processor busy for minutes.</summary>
    public const int Most = 2048;

    /// <summary>What a client is told whose request names more.</summary>
    public const string TooMany = "The request names more than 2,048 different tools, which is more than any model takes: leave tools out.";

    private const int HashLength = 8;
    private readonly List<ToolName> _all = [];

    /// <summary>Whether there were more tools than <see cref="Most"/>: the request is to be refused.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Whether a list names more tools than <see cref="Most"/>.</summary>
    public static bool AreTooMany(JsonView tools)
    {
        var count = 0;
        foreach (var _ in tools.Items) count++;
        return count > Most;
    }

    /// <summary>The tools so far.</summary>
    public IReadOnlyList<ToolName> All => _all;

    /// <summary>Makes a tool of the client's known, and says under which name the upstream gets it. The same tool twice is one.</summary>
    /// <param name="name">The client's name, plain.</param>
    /// <param name="toolNamespace">Its namespace, plain, or empty.</param>
    /// <param name="kind">What it is.</param>
    public ToolName Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> toolNamespace, ToolKind kind)
    {
        if (IsOverfull) return _all[^1];
        foreach (var known in _all)
        {
            if (known.Kind == kind && known.Name.AsSpan().SequenceEqual(name) && known.Namespace.AsSpan().SequenceEqual(toolNamespace)) return known;
        }

        if (_all.Count == Most)
        {
            IsOverfull = true;
            return _all[^1];
        }

        var sent = Sendable(name, toolNamespace);
        var added = new ToolName(sent, name.ToArray(), toolNamespace.IsEmpty ? null : toolNamespace.ToArray(), kind);
        _all.Add(added);
        return added;
    }

    /// <summary>The tool that the upstream calls by this name; null when the client has none such.</summary>
    public ToolName? Find(ReadOnlySpan<byte> sent)
    {
        foreach (var known in _all)
        {
            if (known.Sent.AsSpan().SequenceEqual(sent)) return known;
        }

        return null;
    }

    private byte[] Sendable(ReadOnlySpan<byte> name, ReadOnlySpan<byte> toolNamespace)
    {
        using var text = new PooledBuffer();
        if (!toolNamespace.IsEmpty)
        {
            text.Append(toolNamespace);
            text.Append("__"u8);
        }

        text.Append(name);
        var altered = text.Length == 0 || text.Length > longest;
        using var cleaned = new PooledBuffer();
        foreach (var value in text.Written)
        {
            var legal = char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_' or (byte)'-';
            altered |= !legal;
            cleaned.Append(legal ? value : (byte)'_');
        }

        if (!altered && Find(cleaned.Written) is null) return cleaned.Written.ToArray();
        // Shortened or cleaned names could meet: the hash of the whole name keeps them apart, and is the same on every turn.
        cleaned.Truncate(Math.Min(cleaned.Length, longest - HashLength - 1));
        cleaned.Append((byte)'_');
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text.Written, hash);
        Span<byte> hex = stackalloc byte[HashLength];
        _ = Convert.TryToHexStringLower(hash[..(HashLength / 2)], hex, out _);
        cleaned.Append(hex);
        return cleaned.Written.ToArray();
    }
}
