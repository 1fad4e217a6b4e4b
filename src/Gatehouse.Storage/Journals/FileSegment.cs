using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Storage.Journals;

/// <summary>
/// A segment with a file behind it. Mapped where the file system keeps a written block in its place: an append is then a copy into the page
/// cache, without a system call, and survives the death of the process. Elsewhere (copy on write, network) a full disk would be a SIGBUS,
/// so the memory is plain and each append is written through, 1.1 µs.
/// </summary>
internal sealed unsafe class FileSegment : JournalSegment
{
    private static readonly byte[] Zeros = new byte[256 * 1024];
    private readonly FileStream _file;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly Action<SafeFileHandle> _toDisk;
    private int _flushed = SegmentHeader.Size;

    private FileSegment(
        byte* memory, int capacity, uint seed, FileStream file, Action<SafeFileHandle> toDisk, MemoryMappedFile? map, MemoryMappedViewAccessor? view)
        : base(memory, capacity, seed, SegmentHeader.Size) => (_file, _toDisk, _map, _view) = (file, toDisk, map, view);

    public override string Path => _file.Name;

    /// <summary>Creates the file with every byte allocated. Slow (the disk): never on a request's path.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public static FileSegment Create(string path, int capacity, SegmentHeader header, bool mapped) =>
        Create(path, capacity, header, mapped, RandomAccess.FlushToDisk);

    /// <summary>The same, with what brings the file to the disk; for tests that need a disk which refuses, or count.</summary>
    internal static FileSegment Create(string path, int capacity, SegmentHeader header, bool mapped, Action<SafeFileHandle> toDisk)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 0,
            PreallocationSize = capacity,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        try
        {
            // Preallocation is silently skipped where the file system can't do it. Written zeros show a full disk there too, now and not as
            // a SIGBUS later, and spare the first write of each page the conversion of an unwritten extent.
            for (var at = 0; at < capacity; at += Zeros.Length)
                RandomAccess.Write(file.SafeFileHandle, Zeros.AsSpan(0, Math.Min(Zeros.Length, capacity - at)), at);
            return mapped ? Map(file, capacity, header, toDisk) : Hold(file, capacity, header, toDisk);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    public override void Flush()
    {
        var committed = Committed;
        if (committed == _flushed) return;
        _toDisk(_file.SafeFileHandle);
        _flushed = committed;
    }

    protected override void Written(int offset, ReadOnlySpan<byte> frame)
    {
        if (_view is null) RandomAccess.Write(_file.SafeFileHandle, frame, offset);
    }

    protected override void Free(byte* memory)
    {
        if (_view is null)
        {
            NativeMemory.Free(memory);
        }
        else
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _map!.Dispose();
        }

        _file.Dispose();
    }

    private static FileSegment Map(FileStream file, int capacity, SegmentHeader header, Action<SafeFileHandle> toDisk)
    {
        var map = MemoryMappedFile.CreateFromFile(
            file, null, capacity, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        var view = map.CreateViewAccessor(0, capacity, MemoryMappedFileAccess.ReadWrite);
        byte* memory = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref memory);
        var seed = header.Write(new Span<byte>(memory, capacity));
        return new FileSegment(memory, capacity, seed, file, toDisk, map, view);
    }

    private static FileSegment Hold(FileStream file, int capacity, SegmentHeader header, Action<SafeFileHandle> toDisk)
    {
        var memory = (byte*)NativeMemory.AllocZeroed((nuint)capacity);
        try
        {
            var seed = header.Write(new Span<byte>(memory, capacity));
            RandomAccess.Write(file.SafeFileHandle, new ReadOnlySpan<byte>(memory, SegmentHeader.Size), 0);
            return new FileSegment(memory, capacity, seed, file, toDisk, map: null, view: null);
        }
        catch
        {
            NativeMemory.Free(memory);
            throw;
        }
    }
}
