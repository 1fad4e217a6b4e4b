using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>JSON schemas of tools and output formats on their way to a host.</summary>
public sealed class SchemaTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}""", true)]
    [InlineData("""{"type":"object","properties":{},"additionalProperties":false}""", true)]
    [InlineData("""{"type":"string"}""", true)]
    [InlineData("""{"type":"object"}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{}},"additionalProperties":false}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{}},"required":["a"]}""", false)]
    [InlineData("""{"type":"array","items":{"type":"object","properties":{"a":{}},"required":[],"additionalProperties":false}}""", false)]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"object"}]}""", false)]
    [InlineData("""{"$defs":{"x":{"type":"object"}},"type":"string"}""", false)]
    [InlineData("""{"type":"string","enum":[{"type":"object"}],"default":{"type":"object"}}""", true)]
    public void A_schema_can_be_strict_when_it_forbids_and_requires_all(string schema, bool holds) =>
        StrictSchema.Holds(View(schema)).ShouldBe(holds);

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}""", true, true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","minimum":1}},"additionalProperties":false}""", false, true)]
    [InlineData("""{"type":"object","properties":{"minimum":{"type":"string","format":"date"}},"additionalProperties":false}""", true, true)]
    [InlineData("""{"type":"string","pattern":"^a"}""", false, true)]
    [InlineData("""{"type":"string","format":"phone"}""", false, true)]
    [InlineData("""{"type":"array","items":{"type":"string"},"minItems":1}""", true, true)]
    [InlineData("""{"type":"array","items":{"type":"string"},"minItems":2}""", false, true)]
    [InlineData("""{"type":"object"}""", false, false)]
    [InlineData("""{"type":["object","null"],"properties":{}}""", false, false)]
    [InlineData("""{"type":"object","additionalProperties":{"type":"string"}}""", false, false)]
    [InlineData("""{"type":"array","items":{"type":"object","properties":{}}}""", false, false)]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"object"}]}""", false, false)]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"null"}]}""", false, false)]
    [InlineData("""{"type":"string","enum":["a",null,1]}""", true, true)]
    [InlineData("""{"enum":["a",{"b":1}]}""", false, false)]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}}}""", true, true)]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"type":"object","properties":{"next":{"$ref":"#/$defs/a"}},"additionalProperties":false}}}""", false, false)]
    [InlineData("""{"$ref":"#"}""", false, false)]
    [InlineData("""{"$ref":"https://example.com/a.json"}""", false, false)]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"type":"string"}}}""", false, false)]
    [InlineData("""{"type":"string","default":{"type":"object"}}""", true, true)]
    public void Anthropic_is_held_to_closed_schemas_without_limits(string schema, bool takes, bool takesWithoutLimits)
    {
        HeldSchema.Takes(View(schema)).ShouldBe(takes);
        HeldSchema.TakesWithoutLimits(View(schema)).ShouldBe(takesWithoutLimits);
    }

    [Theory]
    [InlineData("null", false)]
    [InlineData("{}", false)]
    [InlineData("""{"type":"object","properties":{}}""", false)]
    [InlineData("""{"type":"object","properties":{},"additionalProperties":false}""", true)]
    public void Calls_are_strict_only_where_the_schema_says_that_it_is_closed(string schema, bool takes) => HeldSchema.TakesArguments(View(schema)).ShouldBe(takes);

    [Theory]
    [InlineData("""{"type":"object"}""", """{"type":"object","properties":{}}""")]
    [InlineData("{}", """{"type":"object","properties":{}}""")]
    [InlineData("null", """{"type":"object","properties":{}}""")]
    [InlineData("""{"type":"object","properties":{"a":{}}}""", """{"type":"object","properties":{"a":{}}}""")]
    [InlineData("""{"anyOf":[{"type":"object"}]}""", """{"anyOf":[{"type":"object"}]}""")]
    [InlineData("""{"type":"object","description":"no \"properties\"","x": 1.0}""", """{"type":"object","description":"no \"properties\"","x":1.0,"properties":{}}""")]
    public void Parameters_always_have_properties(string schema, string written) => Write(schema, []).ShouldBe((written, false));

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"minLength":1}}}""", """{"type":"object","properties":{"a":{}}}""")]
    [InlineData("""{"properties":{"minLength":{"type":"integer"}}}""", """{"properties":{"minLength":{"type":"integer"}}}""")]
    [InlineData("""{"properties":{"a":{"anyOf":[{"minLength":1},{"not":{"minLength":2,"type":"string"}}]}}}""", """{"properties":{"a":{"anyOf":[{},{"not":{"type":"string"}}]}}}""")]
    [InlineData("""{"properties":{"a":{"enum":[{"minLength":1}],"default":{"minLength":1}}}}""", """{"properties":{"a":{"enum":[{"minLength":1}],"default":{"minLength":1}}}}""")]
    [InlineData("""{"properties":{"a":{"min\u004cength":1}}}""", """{"properties":{"a":{}}}""")]
    public void Refused_keywords_are_taken_out_where_they_are_keywords(string schema, string written) =>
        Write(schema, ["minLength"]).ShouldBe((written, schema.Length != written.Length));

    private static (string Written, bool Removed) Write(string schema, string[] refused)
    {
        using var output = new PooledBuffer();
        var removed = SchemaText.WriteParameters(new JsonWriter(output), View(schema), refused);
        return (Encoding.UTF8.GetString(output.Written), removed);
    }

    private static JsonView View(string json)
    {
        JsonView.TryParse(Encoding.UTF8.GetBytes(json), out var view).ShouldBeTrue();
        return view;
    }
}
