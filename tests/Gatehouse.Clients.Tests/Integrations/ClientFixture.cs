using System.Runtime.Versioning;
using System.Text;

namespace Gatehouse.Clients.Tests.Integrations;

/// <summary>
/// One case of a client's configuration, kept in one readable file: a head of <c>key: value</c> lines, then sections that begin with
/// <c>--- name</c>. The sections are the settings <c>before</c> (none when there is no file), <c>after</c> an apply, what a person made of
/// them <c>meanwhile</c>, and <c>restored</c>; <c>file PATH</c> sections are other files. What a text editor or git would not keep is told in
/// the head: <c>lines: crlf</c>, <c>mark: bom</c>, <c>end: none</c>.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ClientFixture
{
    private readonly List<(string Name, string Text)> _sections = [];
    private readonly List<KeyValuePair<string, string>> _head = [];
    private readonly string _file;

    private ClientFixture(string file)
    {
        _file = file;
        var text = new StringBuilder();
        string? section = null;
        foreach (var line in File.ReadAllLines(file))
        {
            if (line.StartsWith("--- ", StringComparison.Ordinal))
            {
                if (section is not null) _sections.Add((section, text.ToString()));
                text.Clear();
                section = line[4..];
            }
            else if (section is not null) text.Append(line).Append('\n');
            else if (line.Split(": ", 2) is [var key, var value]) _head.Add(new(key, value));
        }

        if (section is not null) _sections.Add((section, text.ToString()));
    }

    /// <summary>Every case of every client, as client and name.</summary>
    public static TheoryData<string, string> All()
    {
        var all = new TheoryData<string, string>();
        foreach (var folder in Directory.EnumerateDirectories(Folder).Order(StringComparer.Ordinal))
            foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)) all.Add(Path.GetFileName(folder), Path.GetFileNameWithoutExtension(file));
        return all;
    }

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Integrations", "Fixtures");

    public static ClientFixture Read(string client, string name) => new(Path.Combine(Folder, client, name + ".txt"));

    /// <summary>The value of a head line; null when there is none.</summary>
    public string? Head(string key) => Heads(key).FirstOrDefault();

    public IEnumerable<string> Heads(string key) => _head.Where(line => line.Key == key).Select(line => line.Value);

    public bool Has(string section) => _sections.Exists(at => at.Name == section);

    /// <summary>The bytes of a section; null when there is none. <c>{HOME}</c>, <c>{ROOT}</c> and <c>{TOKEN}</c> are filled in.</summary>
    public byte[]? Bytes(string section, ClientHome home)
    {
        if (!Has(section)) return null;
        var text = _sections.Find(at => at.Name == section).Text
            .Replace("{HOME}", home.Home, StringComparison.Ordinal).Replace("{ROOT}", home.Root, StringComparison.Ordinal).Replace("{TOKEN}", FixtureRun.Token, StringComparison.Ordinal);
        if (Head("end") == "none") text = text.TrimEnd('\n');
        if (Head("lines") == "crlf") text = text.Replace("\n", "\r\n", StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes((Head("mark") == "bom" ? "\uFEFF" : "") + text);
    }

    /// <summary>Other files that are there: path below the root, and text.</summary>
    public IEnumerable<(string Path, string Text)> Files(ClientHome home) => _sections.Where(at => at.Name.StartsWith("file ", StringComparison.Ordinal))
        .Select(at => (at.Name[5..], at.Text.Replace("{HOME}", home.Home, StringComparison.Ordinal).Replace("{TOKEN}", FixtureRun.Token, StringComparison.Ordinal)));

    /// <summary>
    /// Puts what came out in the place of a section, in the source tree. Only with <c>GATEHOUSE_WRITE_GOLDENS=1</c>, by hand, after a change
    /// that is meant; what it writes is read before it is committed.
    /// </summary>
    public void Rewrite(string section, byte[]? bytes, ClientHome home)
    {
        var text = bytes is null ? null : Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal)
            .Replace(home.Home, "{HOME}", StringComparison.Ordinal).Replace(home.Root, "{ROOT}", StringComparison.Ordinal).Replace(FixtureRun.Token, "{TOKEN}", StringComparison.Ordinal);
        if (text is not null && !text.EndsWith('\n')) text += "\n";
        var at = _sections.FindIndex(one => one.Name == section);
        if (at >= 0) _sections.RemoveAt(at);
        if (text is not null) _sections.Insert(at >= 0 ? at : _sections.FindIndex(one => one.Name is "meanwhile") is >= 0 and var index && section == "after" ? index : _sections.Count, (section, text));
        var whole = string.Concat(_head.Select(line => $"{line.Key}: {line.Value}\n")) + string.Concat(_sections.Select(one => $"--- {one.Name}\n{one.Text}"));
        File.WriteAllText(_file, whole);
        File.WriteAllText(_file.Replace(AppContext.BaseDirectory, SourceFolder(), StringComparison.Ordinal), whole);
    }

    private static string SourceFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gatehouse.Clients.Tests.csproj"))) folder = folder.Parent!;
        return folder.FullName + "/";
    }
}
