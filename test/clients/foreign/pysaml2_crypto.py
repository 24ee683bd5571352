"""pysaml2 with the C library xmlsec in this process, in place of the program xmlsec1, which is not on every machine."""

import saml2.sigver
import xmlsec
from lxml import etree
from saml2 import SamlBase
from saml2.sigver import CryptoBackend, DecryptError, SignatureError, pre_encrypt_assertion

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


class InProcess(CryptoBackend):
    @property
    def version_nums(self):
        return (1, 3)

    def _parse(self, text, node_id):
        root = etree.fromstring(text if isinstance(text, bytes) else str(text).encode())
        xmlsec.tree.add_ids(root, ["ID"])
        node = next(element for element in root.iter() if element.get("ID") == node_id)
        return root, node.find(SIGNATURE)

    def sign_statement(self, statement, node_name, key_file, node_id):
        root, signature = self._parse(statement, node_id)
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_file(key_file, xmlsec.constants.KeyDataFormatPem)
        context.sign(signature)
        return etree.tostring(root).decode()

    def validate_signature(self, signedtext, cert_file, cert_type, node_name, node_id):
        _root, signature = self._parse(signedtext, node_id)
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_file(cert_file, xmlsec.constants.KeyDataFormatCertPem)
        try:
            context.verify(signature)
        except xmlsec.Error as error:
            raise SignatureError(str(error)) from error
        return True

    def encrypt_assertion(self, statement, enc_key, template, key_type="des-192", node_xpath=None, node_id=None):
        if isinstance(statement, SamlBase):
            statement = pre_encrypt_assertion(statement)
        root = etree.fromstring(str(statement).encode())
        container = root.find(".//{urn:oasis:names:tc:SAML:2.0:assertion}EncryptedAssertion")
        data = xmlsec.template.encrypted_data_create(
            root, xmlsec.constants.TransformAes128Cbc, type=xmlsec.constants.TypeEncElement, ns="xenc"
        )
        xmlsec.template.encrypted_data_ensure_cipher_value(data)
        info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
        key = xmlsec.template.add_encrypted_key(info, xmlsec.constants.TransformRsaOaep)
        xmlsec.template.encrypted_data_ensure_cipher_value(key)
        manager = xmlsec.KeysManager()
        manager.add_key(xmlsec.Key.from_file(enc_key, xmlsec.constants.KeyDataFormatCertPem))
        context = xmlsec.EncryptionContext(manager)
        context.key = xmlsec.Key.generate(xmlsec.constants.KeyDataAes, 128, xmlsec.constants.KeyDataTypeSession)
        context.encrypt_xml(data, container[0])
        return etree.tostring(root).decode()

    def decrypt(self, enctext, key_file):
        root = etree.fromstring(enctext.encode())
        manager = xmlsec.KeysManager()
        manager.add_key(xmlsec.Key.from_file(key_file, xmlsec.constants.KeyDataFormatPem))
        try:
            for data in root.iter("{http://www.w3.org/2001/04/xmlenc#}EncryptedData"):
                xmlsec.EncryptionContext(manager).decrypt(data)
                break
        except xmlsec.Error as error:
            raise DecryptError(str(error)) from error
        return etree.tostring(root).decode()


saml2.sigver._get_xmlsec_cryptobackend = lambda *_args, **_options: InProcess()
