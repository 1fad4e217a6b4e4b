using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Upstream.Http1;

/// <summary>
/// An answer on a connection of ours. The head stays in the connection's memory; what is asked of it is made into strings when it is asked
/// for. When the answer is over the connection goes back to its pool, or is closed if the body was not read to its end.
/// </summary>
internal sealed class Http1Answer : UpstreamAnswer
{
    private readonly Http1Connection _connection;
    private readonly Http1Pool _pool;
    private readonly ProviderTarget _target;
    private readonly LentCredential? _credential;
    private readonly CancellationTokenRegistration _registration;
    private readonly Http1Body _body;
    private string? _broke;
    private int _ended;

    /// <summary>Takes over a connection whose head was just read.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="pool">Where it belongs.</param>
    /// <param name="target">The provider that answers.</param>
    /// <param name="credential">The key that was lent.</param>
    /// <param name="registration">Closes the connection when the caller cancels.</param>
    public Http1Answer(
        Http1Connection connection, Http1Pool pool, ProviderTarget target, LentCredential? credential, CancellationTokenRegistration registration)
    {
        (_connection, _pool, _target, _credential, _registration) = (connection, pool, target, credential, registration);
        _body = new Http1Body(connection, registration.Token);
        Status = connection.Head.Status;
        ContentLength = connection.Head.ContentLength;
        MediaType = Text(ResponseHeaderKind.ContentType) is { } type ? MediaTypes.Bare(type) : null;
        ContentEncoding = MediaTypes.Coding(Text(ResponseHeaderKind.ContentEncoding));
        RequestId = Text(ResponseHeaderKind.RequestId) ?? Text(ResponseHeaderKind.XRequestId);
        if (target.Health.WantsDate) target.Health.Dated(Date(Text(ResponseHeaderKind.Date)));
    }

    public override int Status { get; }

    public override string? MediaType { get; }

    public override string? ContentEncoding { get; }

    public override long? ContentLength { get; }

    public override string? RequestId { get; }

    public override Stream Body => _body;

    public override void CopyHeadersTo(IHeaderDictionary headers)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _ended) != 0, this);
        var lines = _connection.Head.Lines;
        var nominated = _connection.Head.HasConnectionHeader ? HeaderRules.Nominated(Values(ResponseHeaderKind.Connection)) : null;
        for (var i = 0; i < lines.Length; i++)
        {
            var name = lines[i].Name;
            if (name.Stays || nominated?.Contains(name.Text) == true) continue;
            if (name.Kind == ResponseHeaderKind.ContentLength)
            {
                headers.ContentLength = ContentLength;
                continue;
            }

            var value = Masked(lines[i]);
            if (Status is >= 300 and < 400 && name.Kind == ResponseHeaderKind.Location && ResponseHeaders.LeadsAway(value)) continue;
            if (StandsIn(lines[..i], name)) headers.Append(name.Text, value);
            else headers[name.Text] = value;
        }
    }

    public override void BrokeOff(string kind) => _broke = kind;

    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return ValueTask.CompletedTask;

        // Waits for a cancellation that is just closing the connection, so that it can't close it under the next call.
        _registration.Dispose();
        if (_body.IsWhole && _connection.Head.KeepsConnection) _pool.Return(_connection);
        else _connection.Close();
        _body.Dispose();
        _target.Answered(Status, _broke, SaysNothing);
        return ValueTask.CompletedTask;
    }

    private static bool StandsIn(ReadOnlySpan<HeaderLine> lines, ResponseHeaderName name)
    {
        foreach (ref readonly var line in lines)
        {
            if (ReferenceEquals(line.Name, name) || (line.Name.Text.Length == name.Text.Length
                && line.Name.Text.Equals(name.Text, StringComparison.OrdinalIgnoreCase))) return true;
        }

        return false;
    }

    // RFC 9110 §5.6.7; the older forms come from nobody's front end any more.
    private static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    private string Masked(HeaderLine line)
    {
        var bytes = _connection.HeadBytes(line);
        var masked = _credential is not null && _credential.Mask.MaskInPlace(bytes);
        if (!masked && line.Name.Kind == ResponseHeaderKind.RequestId && RequestId is { } known) return known;
        return _pool.Texts.Of(bytes);
    }

    private string? Text(ResponseHeaderKind kind)
    {
        if (_connection.Head.Find(kind) is not { } line) return null;
        var bytes = _connection.HeadBytes(line);

        // Ids never come again.
        return kind is ResponseHeaderKind.RequestId or ResponseHeaderKind.XRequestId ? Encoding.Latin1.GetString(bytes) : _pool.Texts.Of(bytes);
    }

    private StringValues Values(ResponseHeaderKind kind)
    {
        var values = StringValues.Empty;
        foreach (var line in _connection.Head.Lines)
        {
            if (line.Name.Kind == kind) values = StringValues.Concat(values, _pool.Texts.Of(_connection.HeadBytes(line)));
        }

        return values;
    }
}
