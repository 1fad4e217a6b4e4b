using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Storage.Journals;

/// <summary>
/// The folder that holds the segments' files: <c>journal/{instance}-{number}.gj</c>. Each process writes under an instance id of its own;
/// the directory lock sees to it that only one process at a time is here.
/// </summary>
internal sealed partial class SegmentFolder
{
    private const string Suffix = ".gj";

    /// <summary>File systems that write a block in its place, so that an allocated and mapped page can always be stored.</summary>
    private static readonly string[] InPlace = ["ext2", "ext3", "ext4", "xfs", "tmpfs", "overlayfs", "jfs"];

    private readonly JournalOptions _options;
    private readonly ILogger _logger;
    private readonly string _path;
    private readonly Guid _instance;
    private readonly bool _mapped;
    private long _sequence;

    public SegmentFolder(JournalOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _path = System.IO.Path.Combine(options.Directory, "journal");
        _instance = Guid.CreateVersion7(options.Time.GetUtcNow());
        DataDirectory.Create(_path);
        _mapped = options.Mapped ?? InPlace.Contains(FileSystem(_path), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The files that earlier processes left, oldest first.</summary>
    /// <exception cref="StoreException">The folder cannot be read.</exception>
    public IReadOnlyList<string> Left()
    {
        try
        {
            // Instance ids are UUIDv7, so the order of names is the order of time.
            return [.. Directory.GetFiles(_path, "*" + Suffix).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataDirectory.Named(_path, e);
        }
    }

    /// <summary>Loads a file that was left; null when nothing in it can be read, in which case it has been put aside or deleted.</summary>
    public RecoveredSegment? Load(string file, out int damaged)
    {
        damaged = 1;
        try
        {
            var segment = RecoveredSegment.Load(file);
            damaged = segment?.Damaged ?? 1;
            if (segment is not null) return segment;
            damaged = PutAside(file) ? 1 : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(_logger, file, e.Message);
        }

        return null;
    }

    /// <summary>Makes the next file. Slow.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public JournalSegment Create()
    {
        var sequence = _sequence++;
        var name = string.Create(CultureInfo.InvariantCulture, $"{_instance:N}-{sequence:D8}{Suffix}");
        var header = new SegmentHeader(_instance, sequence, _options.Time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
        return _options.CreateSegment(System.IO.Path.Combine(_path, name), _options.SegmentBytes, header, _mapped);
    }

    /// <summary>Frees a segment whose records are stored, and its file.</summary>
    public void Delete(JournalSegment segment)
    {
        var file = segment.Path;
        segment.Dispose();
        if (file is null) return;
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start reads it again, which changes nothing: storing is idempotent.
            LogUndeletable(_logger, file, e.Message);
        }
    }

    private static string FileSystem(string path)
    {
        try
        {
            return new DriveInfo(path).DriveFormat;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "";
        }
    }

    /// <summary>
    /// A segment without a header: one that was being made when its process died is deleted, any other is kept for a person to look at.
    /// </summary>
    private bool PutAside(string file)
    {
        if (IsBlank(file))
        {
            File.Delete(file);
            return false;
        }

        File.Move(file, file + ".damaged", overwrite: true);
        LogPutAside(_logger, file + ".damaged");
        return true;
    }

    private static bool IsBlank(string file)
    {
        Span<byte> first = stackalloc byte[4096];
        using var handle = File.OpenHandle(file);
        var read = RandomAccess.Read(handle, first, 0);
        return !first[..read].ContainsAnyExcept((byte)0);
    }
}
