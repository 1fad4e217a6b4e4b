using System.Text;
using System.Text.Json;
using Gatehouse.Clients.Files;

namespace Gatehouse.Clients.Integrations;

/// <summary>The records of changed settings files, one file each in the state folder. Written as a part of the change that they tell of.</summary>
internal sealed class RecordStore(StateFolder state)
{
    private string Folder => Path.Combine(state.Path, "records");

    /// <summary>The record of a settings file; null when there is none.</summary>
    /// <exception cref="IOException">It can't be read, or is damaged.</exception>
    public IntegrationRecord? Find(string path)
    {
        var file = FileOf(path);
        if (!File.Exists(file)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), RecordJson.Default.IntegrationRecord)
                ?? throw new IOException($"the record {file} is empty");
        }
        catch (JsonException fault)
        {
            throw new IOException($"the record {file} is damaged: {fault.Message}", fault);
        }
    }

    /// <summary>The records of a client, by the file that they are about.</summary>
    public IReadOnlyList<IntegrationRecord> Of(string client) => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, "*.json").Select(ReadOrNull).OfType<IntegrationRecord>()
            .Where(record => record.Client == client).OrderBy(record => record.Path, StringComparer.Ordinal)]
        : [];

    /// <summary>The change that writes a record, or deletes that of a path when there is none.</summary>
    /// <exception cref="IOException">What is there can't be read.</exception>
    public FileChange Change(string path, IntegrationRecord? record)
    {
        var file = FileOf(path);
        var before = FileState.Read(file, out var refusal) ?? throw new IOException(refusal!.ToString());
        return new FileChange(before, record is null ? null : JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Default.IntegrationRecord)) { HoldsSecret = true };
    }

    private static IntegrationRecord? ReadOrNull(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), RecordJson.Default.IntegrationRecord);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string FileOf(string path) => Path.Combine(Folder, FileState.HashOf(Encoding.UTF8.GetBytes(Path.GetFullPath(path)))[..32] + ".json");
}
