using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Errors;
using Gatehouse.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Tests.Routing;

public sealed class ModelListWriterTests
{
    private static readonly ImmutableArray<ListedModel> _models =
    [
        new("a", "Model A", new DateTimeOffset(2026, 2, 1, 10, 0, 0, TimeSpan.Zero), "acme", 1_000_000, 64_000), .. Enumerable.Range(1, 24)
            .Select(i => new ListedModel($"m{i}")),
    ];

    [Fact]
    public void Anthropics_shape_is_written_exactly() =>
        Write(o => ModelListWriter.WriteAnthropic(o, [_models[0], _models[1]], new ModelListQuery(20)).ShouldBeNull()).ShouldBe(
            """{"data":[{"type":"model","id":"a","display_name":"Model A","created_at":"2026-02-01T10:00:00Z","lifecycle":"active","max_input_tokens":1000000,"max_tokens":64000,"capabilities":null,"line":null,"deprecated_at":null,"retires_at":null},"""
            + """{"type":"model","id":"m1","display_name":"m1","created_at":"1970-01-01T00:00:00Z","lifecycle":"active","max_input_tokens":null,"max_tokens":null,"capabilities":null,"line":null,"deprecated_at":null,"retires_at":null}],"has_more":false,"first_id":"a","last_id":"m1"}""");

    [Fact]
    public void Openais_shape_is_written_exactly() =>
        Write(o => ModelListWriter.WriteOpenAi(o, [_models[0], _models[1]])).ShouldBe(
            """{"object":"list","data":[{"id":"a","object":"model","created":1769940000,"owned_by":"acme"},{"id":"m1","object":"model","created":0,"owned_by":"gatehouse"}]}""");

    [Fact]
    public void One_model_is_written_in_both_shapes()
    {
        Write(o => ModelListWriter.WriteAnthropic(o, _models[0]))
            .ShouldBe("""{"type":"model","id":"a","display_name":"Model A","created_at":"2026-02-01T10:00:00Z","lifecycle":"active","max_input_tokens":1000000,"max_tokens":64000,"capabilities":null,"line":null,"deprecated_at":null,"retires_at":null}""");
        Write(o => ModelListWriter.WriteOpenAi(o, _models[0]))
            .ShouldBe("""{"id":"a","object":"model","created":1769940000,"owned_by":"acme"}""");
    }

    [Fact]
    public void An_empty_list_has_null_cursors() =>
        Write(o => ModelListWriter.WriteAnthropic(o, [], new ModelListQuery(20)))
            .ShouldBe("""{"data":[],"has_more":false,"first_id":null,"last_id":null}""");

    [Fact]
    public void Pages_follow_one_another_until_there_is_no_more()
    {
        var seen = new List<string>();
        string? after = null;
        bool more;
        do
        {
            var page = JsonDocument.Parse(
                Write(o => ModelListWriter.WriteAnthropic(o, _models, new ModelListQuery(10, after)).ShouldBeNull())).RootElement;
            seen.AddRange(page.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()!));
            after = page.GetProperty("last_id").GetString();
            more = page.GetProperty("has_more").GetBoolean();
        }
        while (more);
        seen.ShouldBe(_models.Select(m => m.Id));
    }

    [Fact]
    public void A_page_before_a_model_ends_right_before_it()
    {
        var page = JsonDocument.Parse(
            Write(o => ModelListWriter.WriteAnthropic(o, _models, new ModelListQuery(2, null, "m3")))).RootElement;
        page.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()).ShouldBe(["m1", "m2"]);
        page.GetProperty("has_more").GetBoolean().ShouldBeTrue();
        page = JsonDocument.Parse(Write(o => ModelListWriter.WriteAnthropic(o, _models, new ModelListQuery(5, null, "m1")))).RootElement;
        page.GetProperty("data").GetArrayLength().ShouldBe(1);
        page.GetProperty("has_more").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("nobody", null, "after_id")]
    [InlineData(null, "nobody", "before_id")]
    public void An_unknown_cursor_is_the_callers_error(string? after, string? before, string parameter)
    {
        var output = new ArrayBufferWriter<byte>();
        var error = ModelListWriter.WriteAnthropic(output, _models, new ModelListQuery(5, after, before)).ShouldNotBeNull();
        error.Kind.ShouldBe(ErrorKind.InvalidRequest);
        error.Param.ShouldBe(parameter);
        output.WrittenCount.ShouldBe(0);
    }

    [Theory]
    [InlineData(null, 20, true)]
    [InlineData("1", 1, true)]
    [InlineData("1000", 1000, true)]
    [InlineData("0", 20, false)]
    [InlineData("1001", 20, false)]
    [InlineData("-1", 20, false)]
    [InlineData("ten", 20, false)]
    public void The_limit_has_a_default_and_bounds(string? limit, int read, bool good)
    {
        var query = ModelListQuery.Parse(Query(("limit", limit)), out var error);
        query.Limit.ShouldBe(read);
        (error is null).ShouldBe(good);
        if (!good) error!.Param.ShouldBe("limit");
    }

    [Fact]
    public void Cursors_are_read_but_not_both_at_once()
    {
        ModelListQuery.Parse(Query(("after_id", "a"), ("before_id", "")), out var error).ShouldBe(new ModelListQuery(20, "a"));
        error.ShouldBeNull();
        ModelListQuery.Parse(Query(("after_id", "a"), ("before_id", "b")), out error);
        error.ShouldNotBeNull().Kind.ShouldBe(ErrorKind.InvalidRequest);
    }

    [Fact]
    public void A_model_that_is_not_listed_is_not_found()
    {
        var error = ModelListWriter.NotFound("nobody", []);
        error.Status.ShouldBe(404);
        error.Message.ShouldContain("'nobody'");
        error.Message.ShouldNotContain("Closest");
    }

    private static QueryCollection Query(params (string Name, string? Value)[] values) =>
        new(values.Where(v => v.Value is not null).ToDictionary(v => v.Name, v => new StringValues(v.Value)));

    private static string Write(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
