using System.Text;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>Lists what it is told.</summary>
internal sealed class ListingMap : StreamMap
{
    public List<string> Seen { get; } = [];

    private protected override void OnEvent(ReadOnlySpan<byte> name, JsonView data) =>
        Seen.Add($"{Encoding.UTF8.GetString(name)} {Encoding.UTF8.GetString(data.Raw)}");

    protected override void OnFinish()
    {
        Seen.Add("end");
        MarkEnded();
    }

    protected override void OnFail(DialectError error) => Seen.Add($"fail {error.Kind}");
}
