using System.Text.Json.Serialization;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Integrations;

/// <summary>A whole file of ours that was written beside a client's settings.</summary>
/// <param name="Path">The file.</param>
/// <param name="Hash">SHA-256 of what was written, in hexadecimal.</param>
internal sealed record WrittenOwnFile(string Path, string Hash);

/// <summary>
/// What is known of one settings file that was changed, so that it can be given back: what takes each change back, and what the file was
/// like. Kept in the state folder, as private as the file itself. Immutable.
/// </summary>
internal sealed record IntegrationRecord
{
    /// <summary>The form of this record.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The client's id.</summary>
    public required string Client { get; init; }

    /// <summary>The settings file as it was named.</summary>
    public required string Path { get; init; }

    /// <summary>Whether the file was there before us.</summary>
    public required bool Existed { get; init; }

    /// <summary>The permission bits that it had; null when it was missing.</summary>
    public int? Mode { get; init; }

    /// <summary>The permission bits that it was left with; null where the system has none.</summary>
    public int? ModeLeft { get; init; }

    /// <summary>What takes our changes back, in the order in which they were made.</summary>
    public IReadOnlyList<Reversal> Reversals { get; init; } = [];

    /// <summary>Our own files beside it.</summary>
    public IReadOnlyList<WrittenOwnFile> OwnFiles { get; init; } = [];

    /// <summary>Folders that were made, the innermost first.</summary>
    public IReadOnlyList<string> FoldersMade { get; init; } = [];

    /// <summary>SHA-256 of the file as it was left.</summary>
    public string WrittenHash { get; init; } = "";

    /// <summary>Whether nobody but us changed the file since the first change, as far as later changes could see.</summary>
    public bool Undisturbed { get; init; } = true;

    /// <summary>The id of the access token that was made for it; null when it got one that was there.</summary>
    public Guid? TokenId { get; init; }
}

/// <summary>How records are written.</summary>
[JsonSerializable(typeof(IntegrationRecord))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class RecordJson : JsonSerializerContext;
