from backend.api.openapi import KEY_PARAMETER, REFUSED, add_refusals


def test_every_operation_may_refuse_and_only_a_post_takes_the_key():
    own = {"description": "mine"}
    schema = {
        "paths": {
            "/a": {
                "get": {"responses": {"200": {}}},
                "post": {"responses": {"201": {}, "default": own}, "parameters": [{"name": "x"}]},
                "parameters": [],
            }
        }
    }
    done = add_refusals(schema, generator=None, request=None, public=True)
    got, posted = done["paths"]["/a"]["get"], done["paths"]["/a"]["post"]
    assert got == {"responses": {"200": {}, "default": REFUSED}}
    assert posted["parameters"] == [{"name": "x"}, KEY_PARAMETER]
    assert posted["responses"]["default"] == own
    assert done["paths"]["/a"]["parameters"] == []
